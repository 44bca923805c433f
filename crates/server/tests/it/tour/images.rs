//! A generation from the request to the image, and other outcomes.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Cast, id,
    record::{Body, Tour},
};

fn request_body(style: &Value) -> Body {
    Body::Json(
        json!({"style_id": style, "prompt_tags": ["lighthouse", "storm"], "aspect_ratio": "1:1", "seed": 42}),
    )
}

pub async fn an_image(tour: &mut Tour, cast: &Cast, style: &Value) -> Value {
    tour.chapter(
        "An image",
        "Its price is held with the request, goes to the artist with the image, and comes back when there is none.",
    );
    tour.get(&cast.reader, "What can be spent.", "/api/tokens/balance")
        .await;
    let asked = tour
        .call(
            &cast.reader,
            "An image is asked for.",
            Method::POST,
            "/api/generations",
            request_body(style),
            201,
        )
        .await;
    let image = id(&asked);
    let path = format!("/api/generations/{image}");
    tour.get(&cast.reader, "It waits for a worker.", &path).await;
    let figures =
        json!({"current_step": 10, "total_steps": 50, "progress_percent": 20.0, "estimated_seconds": 8});
    let report = json!({"generation_id": image, "progress": figures});
    tour.report("A worker is at it.", "inference/progress", &report)
        .await;
    tour.get(&cast.reader, "The page shows the progress.", &path)
        .await;
    let result = "s3://media/generations/0f8fad5bd9cb469fa16570867728950e.png";
    let report = json!({"generation_id": image, "result_url": result, "metadata": {"seed": 42, "steps": 50, "guidance_scale": 7.5}});
    tour.report("The image is stored.", "inference/complete", &report)
        .await;
    tour.get(
        &cast.reader,
        "And its owner sees it, and that the tokens are the artist's now.",
        &path,
    )
    .await;
    image
}

pub async fn what_may_happen(tour: &mut Tour, cast: &Cast, style: &Value) {
    tour.chapter(
        "When there is no image",
        "A request without tokens is refused; a failed or canceled one costs nothing.",
    );
    tour.call(
        &cast.reader,
        "There are 40 tokens left and the price is 60.",
        Method::POST,
        "/api/generations",
        request_body(style),
        402,
    )
    .await;
    let lost = tour
        .call(
            &cast.friend,
            "The friend has enough.",
            Method::POST,
            "/api/generations",
            request_body(style),
            201,
        )
        .await;
    let report =
        json!({"generation_id": id(&lost), "error_code": "MODEL_CORRUPT", "error_message": "no such layer"});
    tour.report(
        "But the worker cannot make the image, and no other could.",
        "inference/failed",
        &report,
    )
    .await;
    tour.get(
        &cast.friend,
        "The tokens are back.",
        &format!("/api/generations/{}", id(&lost)),
    )
    .await;
    let asked = tour
        .call(
            &cast.friend,
            "Once more.",
            Method::POST,
            "/api/generations",
            request_body(style),
            201,
        )
        .await;
    tour.call(
        &cast.friend,
        "Until a worker is at it, a request can be withdrawn.",
        Method::POST,
        &format!("/api/generations/{}/cancel", id(&asked)),
        Body::None,
        200,
    )
    .await;
    tour.get(
        &cast.friend,
        "One's own requests, filtered by what became of them.",
        "/api/generations/me?status=failed",
    )
    .await;
    tour.get(
        &cast.friend,
        "A request is one row among the movements of tokens: here both came back.",
        "/api/tokens/transactions",
    )
    .await;
}
