//! Login, upgrade to artist, and a style from upload to earnings.

use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};
use testkit::{
    client::{file, style_form},
    images,
};

use super::{
    Cast, id,
    record::{Body, Tour},
};

pub async fn signing_in(tour: &mut Tour, cast: &Cast) {
    tour.chapter(
        "Signing in",
        "Signing in is not a call of the web client: the browser is redirected to the login provider and back.",
    );
    tour.get(
        &cast.visitor,
        "The health of the platform. This server runs without a broker and accepts work all the same.",
        "/api/health",
    )
    .await;
    let start = "/api/auth/google/login?login_hint=artist@example.com&next=/studio";
    let provider = tour
        .follow(
            &cast.artist,
            "The browser is redirected to the login provider. `next` is the page of the web client to return to.",
            start,
        )
        .await;
    let back = cast.artist.client.get(&provider).await;
    let path = back.location().replace(&tour.platform.base, "");
    tour.follow(
        &cast.artist,
        "The provider redirects it back with a code. It receives the session cookies and is redirected to the web client.",
        &path,
    )
    .await;
    tour.get(
        &cast.artist,
        "The web client reads the current account. The first login grants 100 tokens.",
        "/api/auth/me",
    )
    .await;
    tour.call(
        &cast.visitor,
        "A route that needs a session answers 401 without one.",
        Method::GET,
        "/api/auth/me",
        Body::None,
        401,
    )
    .await;
    tour.korean(
        &cast.visitor,
        "Messages are Korean if `Accept-Language` prefers it. Codes never change.",
        "/api/auth/me",
        401,
    )
    .await;
    cast.reader.client.login("reader@example.com").await;
    cast.friend.client.login("friend@example.com").await;
}

pub async fn a_style(tour: &mut Tour, cast: &Cast) -> Value {
    tour.chapter(
        "An artist and a style",
        "An artist uploads 10 to 100 images, and a worker trains a model on them.",
    );
    let signature = Form::new()
        .text("artist_name", "Demo Artist")
        .text("verified_email", "artist@example.com")
        .part("signature_image", file(images::png(120, 40, 3), "signature.png"));
    let shown = "artist_name=Demo Artist\nverified_email=artist@example.com\nsignature_image=@signature.png";
    tour.call(
        &cast.artist,
        "The account is upgraded to an artist. Workers place the signature on every image.",
        Method::POST,
        "/api/users/me/upgrade-to-artist",
        Body::Form(signature, shown),
        200,
    )
    .await;
    let form = style_form("Blue Harbour", 60, 10);
    let shown = "name=Blue Harbour\ndescription=Bands of colour.\ngeneration_cost_tokens=60\ntags=bands\n\
                 images=@picture.png (ten times)";
    let style = tour
        .call(
            &cast.artist,
            "A style is uploaded. Every image is validated before anything is stored.",
            Method::POST,
            "/api/styles",
            Body::Form(form, shown),
            201,
        )
        .await;
    let style = id(&style);
    training(tour, cast, &style).await;
    tour.get(
        &cast.visitor,
        "Now the style is listed for everybody, with or without a session.",
        "/api/styles?sort=popular&tags=bands",
    )
    .await;
    tour.get(
        &cast.visitor,
        "The page of the style.",
        &format!("/api/styles/{style}"),
    )
    .await;
    style
}

/// Reports of a training that fails once.
async fn training(tour: &mut Tour, cast: &Cast, style: &Value) {
    let own = format!("/api/styles/{style}");
    let failed = json!({"style_id": style, "error_code": "GPU_OOM", "error_message": "CUDA out of memory"});
    tour.report("A training can fail.", "training/failed", &failed)
        .await;
    tour.call(
        &cast.artist,
        "The artist retries it.",
        Method::POST,
        &format!("{own}/retry-training"),
        Body::None,
        202,
    )
    .await;
    let figures =
        json!({"current_epoch": 40, "total_epochs": 200, "progress_percent": 20.0, "estimated_seconds": 600});
    let report = json!({"style_id": style, "progress": figures});
    tour.report("A worker reports progress.", "training/progress", &report)
        .await;
    tour.get(&cast.artist, "The artist sees the progress.", &own)
        .await;
    tour.call(
        &cast.reader,
        "Nobody else can see the style yet.",
        Method::GET,
        &own,
        Body::None,
        404,
    )
    .await;
    let model = format!("s3://media-private/models/style-{style}/adapter_model.safetensors");
    let report =
        json!({"style_id": style, "model_path": model, "training_metric": {"loss": 0.05, "epochs": 200}});
    tour.report(
        "The worker reports the trained model.",
        "training/complete",
        &report,
    )
    .await;
}

pub async fn selling(tour: &mut Tour, cast: &Cast, style: &Value) {
    tour.chapter(
        "What an artist earns",
        "Every completed image pays the artist. Earnings and counts are at most a second old.",
    );
    let pending = "SELECT count(*) AS n FROM earning_deltas";
    tour.platform.until_count(pending, 0).await;
    tour.get(&cast.artist, "The artist's balance.", "/api/tokens/balance")
        .await;
    tour.get(&cast.artist, "The earnings of each style.", "/api/styles/me")
        .await;
    tour.get(
        &cast.artist,
        "The transaction that the reader sees, from the artist's side.",
        "/api/tokens/transactions?type=usage&limit=1",
    )
    .await;
    let change = json!({"generation_cost_tokens": 45, "description": "Harbours at dusk.",
        "license_type": "commercial", "valid_to": "2999-01-01T00:00:00Z"});
    tour.call(
        &cast.artist,
        "Price, description and license can be changed. The name cannot.",
        Method::PATCH,
        &format!("/api/styles/{style}"),
        Body::Json(change),
        200,
    )
    .await;
}
