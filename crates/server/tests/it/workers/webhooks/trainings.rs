//! Effects of reports on a style.

use serde_json::json;

use super::access::reports;
use crate::support::fixture::{Fixture, outcome};

#[tokio::test]
async fn the_first_progress_starts_the_training_and_lower_progress_is_applied() {
    let fixture = Fixture::start(10).await;
    let (artist, style) = fixture.untrained_style().await;
    for epoch in [150, 20] {
        let figures = json!({"current_epoch": epoch, "total_epochs": 200, "progress_percent": epoch / 2,
                             "estimated_seconds": 200 - epoch});
        let report = json!({"style_id": style, "progress": figures});
        let taken = fixture.platform.report("training/progress", &report).await;
        assert_eq!(taken, outcome(true, "training"));
        let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
        assert_eq!(own["training_status"], "training");
        assert_eq!(own["progress"]["current_epoch"], epoch);
        assert_eq!(own["progress"]["total_epochs"], 200);
        let listed = artist.get("/api/styles/me").await.data(200)["results"][0].clone();
        assert_eq!(listed["progress"]["current_epoch"], epoch);
    }
}

#[tokio::test]
async fn training_complete_after_failed_is_applied() {
    let fixture = Fixture::start(10).await;
    let (artist, style) = fixture.untrained_style().await;
    let [_, complete, failed, ..] = reports(&fixture.platform, style, 0);
    let worker = fixture.platform.worker();
    assert_eq!(
        worker.accepted(failed.0, &failed.1).await,
        outcome(true, "failed")
    );
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert_eq!(own["training_status"], "failed");
    assert_eq!(own["error_message"], "out of memory");
    assert_eq!(
        worker.accepted(complete.0, &complete.1).await,
        outcome(true, "completed")
    );
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert_eq!(own["training_status"], "completed");
    assert!(own["error_message"].is_null(), "{own}");
    assert_eq!(own["training_metric"]["loss"], 0.1);
    // The style can be used.
    fixture.user.generate(style, "1:1").await.data(201);
}

#[tokio::test]
async fn training_failed_after_complete_changes_nothing() {
    let fixture = Fixture::start(10).await;
    let before = fixture.platform.snapshot().await;
    let [progress, complete, failed, ..] = reports(&fixture.platform, fixture.style, 0);
    for (path, report) in [progress, complete, failed] {
        let taken = fixture.platform.report(path, &report).await;
        assert_eq!(taken, outcome(false, "completed"), "{path}");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn a_training_failure_with_malformed_details_is_applied() {
    let fixture = Fixture::start(10).await;
    let (artist, style) = fixture.untrained_style().await;
    let report = json!({"style_id": style, "error_code": "?\u{0}", "error_message": "e\u{0}".repeat(5_000)});
    let taken = fixture.platform.report("training/failed", &report).await;
    assert_eq!(taken, outcome(true, "failed"));
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    let message = own["error_message"].as_str().unwrap();
    assert!(
        message.len() <= 1000 && message.starts_with('e') && !message.contains('\0'),
        "{message}"
    );
}

#[tokio::test]
async fn a_failed_training_can_be_retried() {
    let fixture = Fixture::start(10).await;
    let (artist, style) = fixture.untrained_style().await;
    let retry = format!("/api/styles/{style}/retry-training");
    artist
        .post(&retry, &json!({}))
        .await
        .error(409, "TRAINING_IN_PROGRESS");
    let [progress, complete, failed, ..] = reports(&fixture.platform, style, 0);
    let worker = fixture.platform.worker();
    worker.accepted(progress.0, &progress.1).await;
    artist
        .post(&retry, &json!({}))
        .await
        .error(409, "TRAINING_IN_PROGRESS");
    worker.accepted(failed.0, &failed.1).await;
    let before = fixture.platform.snapshot().await;
    fixture
        .user
        .post(&retry, &json!({}))
        .await
        .error(404, "STYLE_NOT_FOUND");
    fixture
        .platform
        .browser()
        .post(&retry, &json!({}))
        .await
        .error(401, "UNAUTHORIZED");
    assert_eq!(fixture.platform.snapshot().await, before);

    artist.post(&retry, &json!({})).await.data(202);
    let tasks = format!(
        "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'model_training' AND subject_id = {style}"
    );
    assert_eq!(fixture.platform.count(&tasks).await, 1);
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert_eq!(
        (&own["training_status"], &own["error_message"]),
        (&json!("pending"), &json!(null))
    );
    assert_eq!(
        worker.accepted(complete.0, &complete.1).await["status"],
        "completed"
    );
    artist.post(&retry, &json!({})).await.error(409, "CONFLICT");
}
