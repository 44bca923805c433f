//! A generation from the request to the image, and generations without an image.

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
        "The price is held with the request, paid to the artist when the image is complete, and released if there is no image.",
    );
    tour.get(&cast.reader, "The balance.", "/api/tokens/balance")
        .await;
    let created = tour
        .call(
            &cast.reader,
            "The reader requests an image.",
            Method::POST,
            "/api/generations",
            request_body(style),
            201,
        )
        .await;
    let image = id(&created);
    let path = format!("/api/generations/{image}");
    tour.get(&cast.reader, "The generation waits for a worker.", &path)
        .await;
    let figures =
        json!({"current_step": 10, "total_steps": 50, "progress_percent": 20.0, "estimated_seconds": 8});
    let report = json!({"generation_id": image, "progress": figures});
    tour.report("A worker reports progress.", "inference/progress", &report)
        .await;
    tour.get(&cast.reader, "The reader sees the progress.", &path)
        .await;
    let result = "s3://media/generations/0f8fad5bd9cb469fa16570867728950e.png";
    let report = json!({"generation_id": image, "result_url": result, "metadata": {"seed": 42, "steps": 50, "guidance_scale": 7.5}});
    tour.report(
        "The worker reports the stored image.",
        "inference/complete",
        &report,
    )
    .await;
    tour.get(
        &cast.reader,
        "The owner sees the image, and that the tokens were paid to the artist.",
        &path,
    )
    .await;
    image
}

pub async fn without_image(tour: &mut Tour, cast: &Cast, style: &Value) {
    tour.chapter(
        "When there is no image",
        "A generation is refused without enough tokens. A failed or canceled generation costs nothing.",
    );
    tour.call(
        &cast.reader,
        "The balance is 40 tokens and the price is 60.",
        Method::POST,
        "/api/generations",
        request_body(style),
        402,
    )
    .await;
    let lost = tour
        .call(
            &cast.friend,
            "The friend has enough tokens.",
            Method::POST,
            "/api/generations",
            request_body(style),
            201,
        )
        .await;
    let report =
        json!({"generation_id": id(&lost), "error_code": "MODEL_CORRUPT", "error_message": "no such layer"});
    tour.report(
        "The worker reports a failure that a retry would not fix.",
        "inference/failed",
        &report,
    )
    .await;
    tour.get(
        &cast.friend,
        "The tokens were released.",
        &format!("/api/generations/{}", id(&lost)),
    )
    .await;
    let created = tour
        .call(
            &cast.friend,
            "The friend tries again.",
            Method::POST,
            "/api/generations",
            request_body(style),
            201,
        )
        .await;
    tour.call(
        &cast.friend,
        "A generation can be canceled until a worker has started it.",
        Method::POST,
        &format!("/api/generations/{}/cancel", id(&created)),
        Body::None,
        200,
    )
    .await;
    tour.get(
        &cast.friend,
        "One's own generations, filtered by status.",
        "/api/generations/me?status=failed",
    )
    .await;
    tour.get(
        &cast.friend,
        "Each generation is one transaction. Both were refunded.",
        "/api/tokens/transactions",
    )
    .await;
}
