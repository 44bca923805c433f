//! Ten equal calls at once have one effect, and reports after the end have none.

use serde_json::{Value, json};
use testkit::client::Answer;

use super::access::reports;
use crate::support::stage::{FINAL_FAILURE, Stage, WELCOME, applied, at_once, failure_report};

/// Calls a webhook ten times at once.
pub async fn ten_times(stage: &Stage, path: &'static str, body: &Value) -> Vec<Answer> {
    at_once((0..10).map(|_| {
        let (worker, body) = (stage.platform.worker(), body.clone());
        async move { worker.report(path, &body).await }
    }))
    .await
}

async fn notes(stage: &Stage, kind: &str) -> i64 {
    stage
        .platform
        .count(&format!(
            "SELECT count(*) AS n FROM notifications WHERE type = '{kind}'"
        ))
        .await
}

async fn entries(stage: &Stage, kind: &str, generation: i64) -> i64 {
    let sql = format!(
        "SELECT count(*) AS n FROM token_transactions WHERE kind = '{kind}' AND generation_id = {generation}"
    );
    stage.platform.count(&sql).await
}

#[tokio::test]
async fn w4_ten_equal_completions_pay_once() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    let answers = ten_times(
        &stage,
        "inference/complete",
        &stage.platform.completion(generation),
    )
    .await;
    assert_eq!(applied(&answers), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.data(200)["status"] == "completed")
    );
    assert_eq!(entries(&stage, "capture", generation).await, 1);
    assert_eq!(notes(&stage, "generation_complete").await, 1);
    let earned = stage.artist.get("/api/tokens/balance").await.data(200)["artist_earned_balance"].clone();
    assert_eq!(earned, 30);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn w4_ten_equal_final_failures_refund_once() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    let answers = ten_times(
        &stage,
        "inference/failed",
        &failure_report(generation, FINAL_FAILURE),
    )
    .await;
    assert_eq!(applied(&answers), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.data(200)["status"] == "failed")
    );
    assert_eq!(entries(&stage, "release", generation).await, 1);
    assert_eq!(notes(&stage, "generation_failed").await, 1);
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn w4_ten_equal_progress_reports_move_a_job_on_once() {
    let stage = Stage::set(30).await;
    let (artist, style) = stage.untrained_style().await;
    let generation = stage.requested().await;
    let all = reports(&stage.platform, style, generation);
    for path in ["training/progress", "inference/progress"] {
        let (path, body) = all.iter().find(|(name, _)| *name == path).unwrap();
        for answer in ten_times(&stage, path, body).await {
            let status = answer.data(200)["status"].clone();
            assert_eq!(
                status,
                if path.starts_with("training") {
                    "training"
                } else {
                    "processing"
                }
            );
        }
    }
    let seen = stage.seen(generation).await;
    assert_eq!(
        (&seen["status"], &seen["progress"]["current_step"]),
        (&json!("processing"), &json!(10))
    );
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert_eq!(
        (&own["training_status"], &own["progress"]["current_epoch"]),
        (&json!("training"), &json!(1))
    );
    assert_eq!(stage.attempt(generation).await, 1);
    assert_eq!(stage.balance().await["held_tokens"], 30);
}

#[tokio::test]
async fn w4_ten_equal_training_reports_have_one_effect() {
    let stage = Stage::set(30).await;
    let (artist, style) = stage.untrained_style().await;
    let all = reports(&stage.platform, style, 0);
    let (path, body) = &all[2];
    let answers = ten_times(&stage, path, body).await;
    assert_eq!(applied(&answers), 1);
    assert_eq!(notes(&stage, "style_training_failed").await, 1);

    let (path, body) = &all[1];
    let answers = ten_times(&stage, path, body).await;
    assert_eq!(applied(&answers), 1);
    // One for the style that the stage was set with.
    assert_eq!(notes(&stage, "style_training_complete").await, 2);
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert_eq!(own["training_status"], "completed");
}

#[tokio::test]
async fn a_second_failure_report_releases_nothing() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    assert_eq!(stage.balance().await["token_balance"], WELCOME - 30);
    assert_eq!(
        stage.fail(generation, FINAL_FAILURE).await,
        json!({"applied": true, "status": "failed"})
    );
    let once = stage.platform.snapshot().await;
    assert_eq!(
        stage.fail(generation, FINAL_FAILURE).await,
        json!({"applied": false, "status": "failed"})
    );
    assert_eq!(stage.platform.snapshot().await, once);
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
}

#[tokio::test]
async fn completion_after_a_cancel_changes_nothing() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    stage
        .user
        .post(&format!("/api/generations/{generation}/cancel"), &json!({}))
        .await
        .data(200);
    let once = stage.platform.snapshot().await;
    let none = json!({"applied": false, "status": "canceled"});
    assert_eq!(stage.complete(generation).await, none);
    assert_eq!(stage.progress(generation).await, none);
    assert_eq!(stage.fail(generation, "GPU_OOM").await, none);
    assert_eq!(stage.fail(generation, "INFERENCE_ERROR").await, none);
    assert_eq!(stage.platform.snapshot().await, once);
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn failure_after_completion_changes_nothing() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    stage.complete(generation).await;
    // Until the earning has been folded, which is the only thing that still moves.
    stage
        .user
        .poll(
            &format!("/api/styles/{}", stage.style),
            crate::support::PATIENCE,
            |s| s["usage_count"] == 1,
        )
        .await;
    let once = stage.platform.snapshot().await;
    let none = json!({"applied": false, "status": "completed"});
    for code in [FINAL_FAILURE, "GPU_OOM", "INFERENCE_ERROR"] {
        assert_eq!(stage.fail(generation, code).await, none);
    }
    assert_eq!(stage.progress(generation).await, none);
    assert_eq!(stage.complete(generation).await, none);
    assert_eq!(stage.platform.snapshot().await, once);
    assert_eq!(stage.balance().await["token_balance"], WELCOME - 30);
}
