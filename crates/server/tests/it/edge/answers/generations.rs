//! Requests for images in every state.

use serde_json::{Value, json};

use super::page;
use crate::support::{
    expect::Known,
    shown::Shown,
    stage::{FINAL_FAILURE, Stage, failure_report},
};

pub(super) const ASKED_FOR: Shown = &[(
    "POST /api/generations",
    &[
        "201",
        "402 INSUFFICIENT_TOKENS",
        "404 STYLE_NOT_FOUND",
        "422 VALIDATION_ERROR",
        "422 INVALID_TAG_LANGUAGE",
        "422 STYLE_NOT_READY",
    ],
)];

#[tokio::test]
async fn an_image_is_asked_for() {
    let stage = Stage::set(60).await;
    let mut known = Known::new();
    let asked = stage.user.generate(stage.style, "1:2").await;
    let created = json!({"id": "<id:image>", "user_id": "<id:user>", "style_id": "<id:style>", "status": "queued",
        "consumed_tokens": 60, "aspect_ratio": "1:2", "created_at": "<time>", "progress": null, "queue_position": 0});
    let id = known.data(&asked, 201, &created)["id"].clone();
    assert_eq!(asked.location(), format!("/api/generations/{id}"));

    let refused = stage.user.generate(stage.style, "1:1").await;
    let details = json!({"required": 60, "available": 40});
    known.error(&refused, 402, "INSUFFICIENT_TOKENS", &details);
    let refused = stage.user.generate(999_999_999, "1:1").await;
    known.error(&refused, 404, "STYLE_NOT_FOUND", &Value::Null);
    let (artist, waiting) = stage.untrained_style().await;
    let refused = artist.generate(waiting, "1:1").await;
    known.error(&refused, 422, "STYLE_NOT_READY", &Value::Null);
    let korean = json!({"style_id": stage.style, "prompt_tags": ["sea", "바다"], "aspect_ratio": "1:1"});
    let refused = stage.user.post("/api/generations", &korean).await;
    let details = json!({"prompt_tags": "Must be in English: letters, digits, space, _ ' and - only."});
    known.error(&refused, 422, "INVALID_TAG_LANGUAGE", &details);
    let bad =
        json!({"style_id": "7", "prompt_tags": [], "description": 5, "aspect_ratio": "16:9", "seed": -1});
    let refused = stage.user.post("/api/generations", &bad).await;
    let details = json!({"style_id": "Must be a whole number.", "prompt_tags": "Must have between 1 and 30 entries.",
        "description": "Must be text.", "aspect_ratio": "Must be one of: 1:1, 2:2, 1:2.",
        "seed": "Must be between 0 and 2147483647."});
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    known.shows(ASKED_FOR);
}

pub(super) const SEEN: Shown = &[
    ("GET /api/generations/{id}", &["200", "404 GENERATION_NOT_FOUND"]),
    ("GET /api/generations/me", &["200", "422 VALIDATION_ERROR"]),
];

/// A request of the stage's user in some state, with what this state shows.
pub(super) fn request(status: &str, settlement: &str, shown: &Value) -> Value {
    let mut request = json!({"id": "<id:image>", "user_id": "<id:user>", "style_id": "<id:style>", "status": status,
        "consumed_tokens": 10, "aspect_ratio": "1:1", "created_at": "<time:created>",
        "settlement": {"state": settlement, "amount": 10, "at": "<time>"}});
    let fields = shown.as_object().expect("fields");
    for (name, value) in fields {
        request[name] = value.clone();
    }
    request
}

/// What a finished image shows.
pub(super) fn finished(description: &Value, is_public: bool) -> Value {
    json!({"style": {"id": "<id:style>", "name": "Bands",
            "artist": {"id": "<id:artist>", "artist_name": "Test Artist"}},
        "result_url": "<url:result>", "description": description, "seed": 7, "is_public": is_public,
        "like_count": 0, "comment_count": 0, "is_liked": false, "tags": ["sea", "boat"], "updated_at": "<time>"})
}

/// A request in its owner's list.
fn own(status: &str, url: &Value, progress: &Value) -> Value {
    json!({"id": "<id:image>", "style": {"id": "<id:style>", "name": "Bands"}, "result_url": url, "status": status,
        "is_public": false, "like_count": 0, "comment_count": 0, "consumed_tokens": 10, "aspect_ratio": "1:1",
        "description": null, "progress": progress, "created_at": "<time:created>"})
}

#[tokio::test]
async fn a_request_is_seen_in_every_state() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let id = stage.requested().await;
    let path = format!("/api/generations/{id}");
    let progress = json!({"current_step": 10, "total_steps": 50, "progress_percent": 20, "estimated_seconds": 40,
        "last_updated": "<time>"});
    let mine = "/api/generations/me";

    let queued = request("queued", "held", &json!({"progress": null, "queue_position": 0}));
    known.data(&stage.user.get(&path).await, 200, &queued);
    let listed = page(&json!([own("queued", &Value::Null, &Value::Null)]));
    known.data(&stage.user.get(mine).await, 200, &listed);
    let first = format!("{mine}?status=queued&is_public=false");
    known.data(&stage.user.get(&first).await, 200, &listed);

    stage.progress(id).await;
    let running = request("processing", "held", &json!({"progress": progress}));
    known.data(&stage.user.get(&path).await, 200, &running);
    let listed = page(&json!([own("processing", &Value::Null, &progress)]));
    let second = format!("{mine}?status=processing");
    known.data(&stage.user.get(&second).await, 200, &listed);

    stage.fail(id, "GPU_OOM").await;
    let retrying = request("retrying", "held", &json!({"progress": null}));
    known.data(&stage.user.get(&path).await, 200, &retrying);
    let listed = page(&json!([own("retrying", &Value::Null, &Value::Null)]));
    known.data(&stage.user.get(&second).await, 200, &listed);

    stage.complete(id).await;
    let done = request("completed", "captured", &finished(&Value::Null, false));
    let seen = known.data(&stage.user.get(&path).await, 200, &done);
    let address = format!(
        "{}/{}/generations/test-{id}.png",
        stage.platform.storage.endpoint, stage.platform.storage.public_bucket
    );
    assert_eq!(seen["result_url"], address);
    let listed = page(&json!([own("completed", &json!("<url:result>"), &Value::Null)]));
    known.data(&stage.user.get(mine).await, 200, &listed);
    let none = stage.user.get(&format!("{mine}?status=failed")).await;
    known.data(&none, 200, &page(&json!([])));

    for reader in [&stage.artist, &stage.platform.browser()] {
        known.error(
            &reader.get(&path).await,
            404,
            "GENERATION_NOT_FOUND",
            &Value::Null,
        );
    }
    let bad = stage
        .user
        .get(&format!("{mine}?status=done&is_public=maybe&limit=101"))
        .await;
    let details = json!({"status": "Must be one of: all, queued, processing, completed, failed.",
        "is_public": "Must be one of: all, true, false.", "limit": "Must be between 1 and 100."});
    known.error(&bad, 422, "VALIDATION_ERROR", &details);
    known.shows(SEEN);
}

pub(super) const CANCELED: Shown = &[(
    "POST /api/generations/{id}/cancel",
    &["200", "404 GENERATION_NOT_FOUND", "409 CONFLICT"],
)];

#[tokio::test]
async fn a_request_is_canceled_or_fails() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let id = stage.requested().await;
    let path = format!("/api/generations/{id}");
    let cancel = format!("{path}/cancel");
    let not_theirs = stage.artist.post(&cancel, &json!({})).await;
    known.error(&not_theirs, 404, "GENERATION_NOT_FOUND", &Value::Null);
    let ended =
        |code: Value, message: Value| json!({"error_code": code, "error_message": message, "refunded": true});
    let canceled = request("canceled", "released", &ended(Value::Null, Value::Null));
    let answer = stage.user.post(&cancel, &json!({})).await;
    known.data(&answer, 200, &canceled);
    known.data(&stage.user.get(&path).await, 200, &canceled);
    let again = stage.user.post(&cancel, &json!({})).await;
    known.error(&again, 409, "CONFLICT", &Value::Null);
    // A worker that still finishes it changes nothing.
    assert_eq!(
        stage.complete(id).await,
        json!({"applied": false, "status": "canceled"})
    );
    known.data(&stage.user.get(&path).await, 200, &canceled);

    let id = stage.requested().await;
    stage
        .platform
        .worker()
        .accepted("inference/failed", &failure_report(id, FINAL_FAILURE))
        .await;
    let mut known_failed = Known::new();
    let failed = request(
        "failed",
        "released",
        &ended(json!(FINAL_FAILURE), json!("the worker failed")),
    );
    let seen = stage.user.get(&format!("/api/generations/{id}")).await;
    known_failed.data(&seen, 200, &failed);
    let mine = stage.user.get("/api/generations/me?status=failed&limit=1").await;
    let first = json!({"results": [own("failed", &Value::Null, &Value::Null)], "next_cursor": "<cursor>",
        "has_more": true});
    known_failed.data(&mine, 200, &first);
    known.shows(CANCELED);
}
