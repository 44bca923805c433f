//! Requests in every state, and images.

use serde_json::{Value, json};
use testkit::client::Client;

use super::{assert_fields, assert_time};
use crate::support::Platform;

const BASE: &str = "id user_id style_id status consumed_tokens aspect_ratio created_at";
const SETTLEMENT: &str = "settlement.state settlement.amount settlement.at";
const PROGRESS: &str = "progress.current_step progress.total_steps progress.progress_percent \
    progress.estimated_seconds progress.last_updated";
const COMPLETED: &str = "style.id style.name style.artist.id style.artist.artist_name result_url description seed \
    is_public like_count comment_count is_liked tags updated_at";
const ENDED: &str = "error_code error_message refunded";
const OWN: &str = "id style.id style.name result_url status is_public like_count comment_count consumed_tokens \
    aspect_ratio description created_at";

/// A platform, its artist and a new request of somebody's.
async fn queued() -> (Platform, Client, i64) {
    let platform = Platform::start().await;
    let (_artist, style) = platform.trained_style(10).await;
    let user = platform.user("user@example.com").await;
    let answer = user.generate(style, "1:2").await;
    let created = answer.data(201);
    assert_fields(
        "created generation",
        &created,
        &format!("{BASE} progress queue_position"),
    );
    assert_eq!(
        (
            &created["status"],
            &created["queue_position"],
            &created["progress"]
        ),
        (&json!("queued"), &json!(0), &Value::Null)
    );
    assert_eq!(
        (&created["consumed_tokens"], &created["aspect_ratio"]),
        (&json!(10), &json!("1:2"))
    );
    assert_time(&created["created_at"]);
    let id = created["id"].as_i64().expect("an id");
    assert_eq!(answer.location(), format!("/api/generations/{id}"));
    (platform, user, id)
}

/// The request as its owner sees it, after its status and settlement were checked.
async fn seen(user: &Client, id: i64, status: &str, settlement: &str) -> Value {
    let seen = user.get(&format!("/api/generations/{id}")).await.data(200);
    assert_eq!(
        (&seen["status"], &seen["settlement"]["state"]),
        (&json!(status), &json!(settlement))
    );
    assert_eq!(seen["settlement"]["amount"], 10);
    assert_time(&seen["settlement"]["at"]);
    seen
}

#[tokio::test]
async fn a4_a_generation_that_waits_runs_and_is_completed() {
    let (platform, user, id) = queued().await;
    let waiting = seen(&user, id, "queued", "held").await;
    assert_fields(
        "queued",
        &waiting,
        &format!("{BASE} progress queue_position {SETTLEMENT}"),
    );

    let figures = json!({"current_step": 10, "total_steps": 50, "progress_percent": 20.0, "estimated_seconds": 8, "gpu": "x"});
    platform
        .worker()
        .accepted(
            "inference/progress",
            &json!({"generation_id": id, "progress": figures}),
        )
        .await;
    let running = seen(&user, id, "processing", "held").await;
    assert_fields("processing", &running, &format!("{BASE} {PROGRESS} {SETTLEMENT}"));
    assert_time(&running["progress"]["last_updated"]);
    let mine = user.get("/api/generations/me?status=processing").await.data(200);
    assert_fields(
        "own item that runs",
        &mine["results"][0],
        &format!("{OWN} {PROGRESS}"),
    );

    let retry = json!({"generation_id": id, "error_code": "GPU_OOM", "error_message": "no memory"});
    platform.worker().accepted("inference/failed", &retry).await;
    let retrying = seen(&user, id, "retrying", "held").await;
    let progress = if retrying["progress"].is_null() {
        "progress"
    } else {
        PROGRESS
    };
    assert_fields("retrying", &retrying, &format!("{BASE} {progress} {SETTLEMENT}"));

    platform
        .worker()
        .accepted("inference/complete", &platform.completion(id))
        .await;
    let done = seen(&user, id, "completed", "captured").await;
    assert_fields("completed", &done, &format!("{BASE} {COMPLETED} {SETTLEMENT}"));
    assert_eq!(
        (&done["seed"], &done["is_public"], &done["is_liked"]),
        (&json!(7), &json!(false), &json!(false))
    );
    assert_eq!(done["tags"], json!(["sea", "boat"]));
    let address = format!(
        "{}/{}/generations/test-{id}.png",
        platform.storage.endpoint, platform.storage.public_bucket
    );
    assert_eq!(done["result_url"], address);
    let mine = user.get("/api/generations/me").await.data(200);
    assert_fields("own item", &mine["results"][0], &format!("{OWN} progress"));
}

#[tokio::test]
async fn a4_a_public_image_for_strangers_and_in_the_feed() {
    let (platform, user, id) = queued().await;
    platform
        .worker()
        .accepted("inference/complete", &platform.completion(id))
        .await;
    let (page, stranger) = (
        format!("/api/generations/{id}"),
        platform.user("stranger@example.com").await,
    );
    for reader in [&stranger, &platform.browser()] {
        reader.get(&page).await.error(404, "GENERATION_NOT_FOUND");
        assert_eq!(
            reader.get("/api/generations/feed").await.data(200)["results"],
            json!([])
        );
    }
    let shown = user
        .patch(&page, &json!({"is_public": true, "description": "A boat."}))
        .await
        .data(200);
    assert_fields("changed", &shown, &format!("{BASE} {COMPLETED} {SETTLEMENT}"));
    for reader in [&stranger, &platform.browser()] {
        let seen = reader.get(&page).await.data(200);
        assert_fields("completed for a stranger", &seen, &format!("{BASE} {COMPLETED}"));
        let feed = reader.get("/api/generations/feed").await.data(200);
        let item = "id user.id user.username user.profile_image style.id style.name result_url description like_count \
            comment_count is_liked tags created_at";
        assert_fields("feed item", &feed["results"][0], item);
        assert_eq!(
            (&feed["results"][0]["id"], &feed["results"][0]["description"]),
            (&json!(id), &json!("A boat."))
        );
    }
    // Private again, it is gone from where it was.
    user.patch(&page, &json!({"is_public": false})).await.data(200);
    stranger.get(&page).await.error(404, "GENERATION_NOT_FOUND");
    assert_eq!(
        stranger.get("/api/generations/feed").await.data(200)["results"],
        json!([])
    );
}

#[tokio::test]
async fn a4_a_generation_that_failed() {
    let (platform, user, id) = queued().await;
    let report =
        json!({"generation_id": id, "error_code": "MODEL_CORRUPT", "error_message": "no such layer"});
    platform.worker().accepted("inference/failed", &report).await;
    let failed = seen(&user, id, "failed", "released").await;
    assert_fields("failed", &failed, &format!("{BASE} {ENDED} {SETTLEMENT}"));
    assert_eq!(
        (&failed["error_message"], &failed["refunded"]),
        (&json!("no such layer"), &json!(true))
    );
    let mine = user.get("/api/generations/me?status=failed").await.data(200);
    assert_fields(
        "own item that failed",
        &mine["results"][0],
        &format!("{OWN} progress"),
    );
    user.patch(&format!("/api/generations/{id}"), &json!({"is_public": true}))
        .await
        .error(409, "GENERATION_STILL_PROCESSING");
}

#[tokio::test]
async fn a4_a_generation_that_was_canceled() {
    let (platform, user, id) = queued().await;
    let canceled = user
        .post(&format!("/api/generations/{id}/cancel"), &json!({}))
        .await
        .data(200);
    assert_fields("canceled", &canceled, &format!("{BASE} {ENDED} {SETTLEMENT}"));
    assert_eq!(seen(&user, id, "canceled", "released").await, canceled);
    // A worker that still finishes it changes nothing.
    let late = platform
        .worker()
        .accepted("inference/complete", &platform.completion(id))
        .await;
    assert_eq!(
        (&late["applied"], &late["status"]),
        (&json!(false), &json!("canceled"))
    );
    assert_eq!(seen(&user, id, "canceled", "released").await, canceled);
}
