//! Styles as everybody and as their artist sees them, changes and retries.

use serde_json::{Value, json};

use super::page;
use crate::support::{Platform, expect::Known, shown::Shown, stage::Stage};

pub(super) const SEEN: Shown = &[
    (
        "GET /api/styles",
        &["200", "422 VALIDATION_ERROR", "422 INVALID_TAG_LANGUAGE"],
    ),
    ("GET /api/styles/{id}", &["200", "404 STYLE_NOT_FOUND"]),
    (
        "GET /api/styles/me",
        &["200", "403 ARTIST_ONLY", "422 VALIDATION_ERROR"],
    ),
];

/// A style in a list.
fn card(status: &str) -> Value {
    json!({"id": "<id:style>", "name": "Bands", "description": "Bands of colour.",
        "thumbnail_url": "<url:thumbnail>",
        "artist": {"id": "<id:artist>", "username": "artist", "artist_name": "Test Artist"},
        "training_status": status, "generation_cost_tokens": 10, "usage_count": 0, "tags": ["bands"],
        "created_at": "<time:created>"})
}

/// A style on its page, without what only its owner sees.
fn whole(status: &str, progress: &Value) -> Value {
    let sample = json!({"id": "<id>", "image_url": "<url>", "tags": ["bands"]});
    let mut style = card(status);
    style["artist"]["profile_image"] = Value::Null;
    style["artist"]["follower_count"] = json!(0);
    for (name, value) in [
        ("license_type", json!("personal")),
        ("valid_from", json!("<time>")),
        ("valid_to", Value::Null),
        ("is_active", json!(true)),
        ("updated_at", json!("<time>")),
        ("stats", json!({"total_generations": 0, "avg_likes": 0.0})),
        // Of ten images six are shown.
        ("sample_artworks", json!(vec![sample; 6])),
        ("progress", progress.clone()),
    ] {
        style[name] = value;
    }
    style
}

/// The same as its owner sees it.
fn inside(mut style: Value, model: &Value, metric: &Value, error: &Value) -> Value {
    style["model_path"] = model.clone();
    style["training_metric"] = metric.clone();
    style["error_message"] = error.clone();
    style
}

/// A style in its artist's list.
fn own(status: &str, progress: &Value) -> Value {
    json!({"id": "<id:style>", "name": "Bands", "training_status": status, "generation_cost_tokens": 10,
        "usage_count": 0, "total_earned_tokens": 0, "progress": progress, "created_at": "<time:created>"})
}

#[tokio::test]
async fn a_style_is_seen_while_it_is_trained_and_afterwards() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let stranger = platform.user("stranger@example.com").await;
    let anybody = platform.browser();
    let id = artist.upload_style("Bands", 10).await;
    let path = format!("/api/styles/{id}");

    let figures =
        json!({"current_epoch": 3, "total_epochs": 200, "progress_percent": 1.5, "estimated_seconds": 600});
    let report = json!({"style_id": id, "progress": figures});
    platform.worker().accepted("training/progress", &report).await;
    let mut progress = figures;
    progress["last_updated"] = json!("<time>");
    let nothing = Value::Null;
    let training = inside(whole("training", &progress), &nothing, &nothing, &nothing);
    known.data(&artist.get(&path).await, 200, &training);
    known.data(
        &artist.get("/api/styles/me").await,
        200,
        &page(&json!([own("training", &progress)])),
    );
    let all = "/api/styles?training_status=all";
    known.data(&artist.get(all).await, 200, &page(&json!([card("training")])));
    for reader in [&stranger, &anybody] {
        known.error(&reader.get(&path).await, 404, "STYLE_NOT_FOUND", &nothing);
        known.data(&reader.get(all).await, 200, &page(&json!([])));
    }

    let mut report = platform.training_report(id);
    report["training_metric"] = json!({"loss": 0.05, "epochs": 200});
    platform.worker().accepted("training/complete", &report).await;
    for reader in [&stranger, &anybody] {
        known.data(&reader.get(&path).await, 200, &whole("completed", &nothing));
        let list = reader.get("/api/styles?sort=popular&tags=bands").await;
        known.data(&list, 200, &page(&json!([card("completed")])));
    }
    let trained = inside(
        whole("completed", &nothing),
        &json!(platform.model_path(id)),
        &report["training_metric"],
        &nothing,
    );
    known.data(&artist.get(&path).await, 200, &trained);
    known.data(
        &artist.get("/api/styles/me").await,
        200,
        &page(&json!([own("completed", &nothing)])),
    );

    let refused = stranger.get("/api/styles/me").await;
    known.error(&refused, 403, "ARTIST_ONLY", &nothing);
    let details = json!({"limit": "Must be between 1 and 100."});
    let refused = artist.get("/api/styles/me?limit=0").await;
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    let refused = anybody
        .get("/api/styles?sort=oldest&training_status=failed&artist_id=x&limit=101")
        .await;
    let details = json!({"sort": "Must be one of: recent, popular.",
        "training_status": "Must be one of: completed, all.", "artist_id": "Must be a whole number.",
        "limit": "Must be between 1 and 100."});
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    let refused = anybody.get("/api/styles?tags=%EB%B0%94%EB%8B%A4").await;
    let details = json!({"tags": "Must be in English: letters, digits, space, _ ' and - only."});
    known.error(&refused, 422, "INVALID_TAG_LANGUAGE", &details);
    known.shows(SEEN);
}

pub(super) const CHANGED: Shown = &[(
    "PATCH /api/styles/{id}",
    &[
        "200",
        "403 FORBIDDEN",
        "404 STYLE_NOT_FOUND",
        "422 VALIDATION_ERROR",
        "422 STYLE_NOT_READY",
    ],
)];

#[tokio::test]
async fn an_artist_changes_a_style() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let path = format!("/api/styles/{}", stage.style);
    let change = json!({"description": "Harbours.", "generation_cost_tokens": 7, "license_type": "commercial",
        "valid_to": "2999-01-01T00:00:00+09:00", "is_active": true});
    let mut changed = inside(
        whole("completed", &Value::Null),
        &json!(stage.platform.model_path(stage.style)),
        &Value::Null,
        &Value::Null,
    );
    for (name, value) in [
        ("description", json!("Harbours.")),
        ("generation_cost_tokens", json!(7)),
        ("license_type", json!("commercial")),
        ("valid_to", json!("2998-12-31T15:00:00.000000Z")),
    ] {
        changed[name] = value;
    }
    known.data(&stage.artist.patch(&path, &change).await, 200, &changed);
    let refused = stage.user.patch(&path, &change).await;
    known.error(&refused, 403, "FORBIDDEN", &Value::Null);
    let bad = json!({"description": "", "generation_cost_tokens": 10_001, "is_active": "perhaps",
        "license_type": "free", "valid_to": "tomorrow"});
    let details = json!({"description": "This field is required.",
        "generation_cost_tokens": "Must be between 1 and 10000.", "is_active": "Must be true or false.",
        "license_type": "Must be one of: personal, commercial, exclusive.", "valid_to": "This value is not valid."});
    let refused = stage.artist.patch(&path, &bad).await;
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    let ended = json!({"valid_to": "2020-01-01T00:00:00Z"});
    let details = json!({"valid_to": "Must be in the future."});
    let refused = stage.artist.patch(&path, &ended).await;
    known.error(&refused, 422, "VALIDATION_ERROR", &details);

    let (second, waiting) = stage.untrained_style().await;
    let path = format!("/api/styles/{waiting}");
    let refused = second.patch(&path, &change).await;
    known.error(&refused, 422, "STYLE_NOT_READY", &Value::Null);
    let refused = stage.user.patch(&path, &change).await;
    known.error(&refused, 404, "STYLE_NOT_FOUND", &Value::Null);
    known.shows(CHANGED);
}

pub(super) const RETRIED: Shown = &[(
    "POST /api/styles/{id}/retry-training",
    &[
        "202",
        "403 FORBIDDEN",
        "403 STYLE_LIMIT_REACHED",
        "404 STYLE_NOT_FOUND",
        "409 TRAINING_IN_PROGRESS",
        "409 CONFLICT",
    ],
)];

#[tokio::test]
async fn a_failed_training_is_tried_again() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let id = artist.upload_style("Bands", 10).await;
    let path = format!("/api/styles/{id}");
    let retry = format!("{path}/retry-training");
    let nothing = Value::Null;
    let refused = artist.post(&retry, &json!({})).await;
    known.error(&refused, 409, "TRAINING_IN_PROGRESS", &nothing);
    let report = json!({"style_id": id, "error_code": "GPU_OOM", "error_message": "no memory"});
    platform.worker().accepted("training/failed", &report).await;
    let failed = inside(whole("failed", &nothing), &nothing, &nothing, &json!("no memory"));
    known.data(&artist.get(&path).await, 200, &failed);
    let user = platform.user("user@example.com").await;
    let refused = user.post(&retry, &json!({})).await;
    known.error(&refused, 404, "STYLE_NOT_FOUND", &nothing);

    let again = artist.post(&retry, &json!({})).await;
    known.data(
        &again,
        202,
        &json!({"id": "<id:style>", "training_status": "pending"}),
    );
    platform
        .worker()
        .accepted("training/complete", &platform.training_report(id))
        .await;
    let refused = artist.post(&retry, &json!({})).await;
    known.error(&refused, 409, "CONFLICT", &nothing);
    let refused = user.post(&retry, &json!({})).await;
    known.error(&refused, 403, "FORBIDDEN", &nothing);

    // Another one was made in the meantime.
    let second = platform.user("second@example.com").await;
    second.become_artist("Second Artist").await;
    let first = second.upload_style("First", 10).await;
    let report = json!({"style_id": first, "error_code": "GPU_OOM", "error_message": "no memory"});
    platform.worker().accepted("training/failed", &report).await;
    second.upload_style("Second", 10).await;
    let refused = second
        .post(&format!("/api/styles/{first}/retry-training"), &json!({}))
        .await;
    known.error(&refused, 403, "STYLE_LIMIT_REACHED", &nothing);
    known.shows(RETRIED);
}
