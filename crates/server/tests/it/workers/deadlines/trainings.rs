//! Trainings of silent workers.

use serde_json::{Value, json};
use testkit::client::Client;

use super::platform_with;
use crate::support::Platform;

fn training_progress(style: i64) -> Value {
    let progress =
        json!({"current_epoch": 1, "total_epochs": 200, "progress_percent": 1, "estimated_seconds": 9});
    json!({"style_id": style, "progress": progress})
}

/// An artist with an untrained style.
async fn uploaded_style(platform: &Platform) -> (Client, i64) {
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let style = artist.upload_style("Bands", 20).await;
    (artist, style)
}

#[tokio::test]
async fn a_lost_training_is_completed_from_storage() {
    let platform = platform_with("TRAINING_DEADLINE", "2s").await;
    let (artist, style) = uploaded_style(&platform).await;
    platform
        .report("training/progress", &training_progress(style))
        .await;
    platform.store_model(style).await;
    let trained = platform.until_trained(&artist, style, "completed").await;
    assert_eq!(trained["model_path"], platform.model_path(style));
    let notifications = "SELECT string_agg(type, ' ' ORDER BY id) FROM notifications";
    assert_eq!(platform.text(notifications).await, "style_training_complete");
}

#[tokio::test]
async fn a_lost_training_is_retried_then_failed() {
    let platform = platform_with("TRAINING_DEADLINE", "1s").await;
    let (artist, style) = uploaded_style(&platform).await;
    for attempt in 2..=4 {
        platform
            .report("training/progress", &training_progress(style))
            .await;
        platform.until_trained(&artist, style, "pending").await;
        let sent = format!(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'model_training' AND subject_id = {style}
                AND convert_from(payload, 'UTF8')::jsonb ->> 'attempt' = '{attempt}'"
        );
        platform.until_count(&sent, 1).await;
    }
    platform
        .report("training/progress", &training_progress(style))
        .await;
    platform.until_trained(&artist, style, "failed").await;
    platform.assert_rows("outbox_messages", 0).await;
    let retry = artist
        .post(&format!("/api/styles/{style}/retry-training"), &json!({}))
        .await;
    assert_eq!(retry.status, 202, "{}", retry.text);
}

#[tokio::test]
async fn a_training_that_no_worker_takes_fails_after_the_queue_deadline() {
    let platform = platform_with("QUEUE_DEADLINE", "1s").await;
    let (artist, style) = uploaded_style(&platform).await;
    platform.until_trained(&artist, style, "failed").await;
    platform.assert_rows("outbox_messages", 0).await;
}
