//! Ten equal concurrent reports have one effect. Reports after the end have none.

use serde_json::{Value, json};
use testkit::client::Answer;

use super::access::reports;
use crate::support::fixture::{FINAL_FAILURE, Fixture, WELCOME, applied, at_once, failure_report, outcome};

/// Sends a report ten times concurrently.
pub async fn ten_times(fixture: &Fixture, path: &'static str, body: &Value) -> Vec<Answer> {
    at_once((0..10).map(|_| {
        let (worker, body) = (fixture.platform.worker(), body.clone());
        async move { worker.report(path, &body).await }
    }))
    .await
}

async fn count_notifications(fixture: &Fixture, kind: &str) -> i64 {
    fixture
        .platform
        .count_rows(&format!("notifications WHERE type = '{kind}'"))
        .await
}

async fn count_transactions(fixture: &Fixture, kind: &str, generation: i64) -> i64 {
    let sql = format!(
        "SELECT count(*) AS n FROM token_transactions WHERE kind = '{kind}' AND generation_id = {generation}"
    );
    fixture.platform.count(&sql).await
}

#[tokio::test]
async fn w4_ten_equal_completions_pay_once() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    let answers = ten_times(
        &fixture,
        "inference/complete",
        &fixture.platform.completion(generation),
    )
    .await;
    assert_eq!(applied(&answers), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.data(200)["status"] == "completed")
    );
    assert_eq!(count_transactions(&fixture, "capture", generation).await, 1);
    assert_eq!(count_notifications(&fixture, "generation_complete").await, 1);
    let earned = fixture.artist.get("/api/tokens/balance").await.data(200)["artist_earned_balance"].clone();
    assert_eq!(earned, 30);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn w4_ten_equal_final_failures_release_once() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    let answers = ten_times(
        &fixture,
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
    assert_eq!(count_transactions(&fixture, "release", generation).await, 1);
    assert_eq!(count_notifications(&fixture, "generation_failed").await, 1);
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn w4_ten_equal_progress_reports_have_one_effect() {
    let fixture = Fixture::start(30).await;
    let (artist, style) = fixture.untrained_style().await;
    let generation = fixture.create_generation().await;
    let all = reports(&fixture.platform, style, generation);
    for path in ["training/progress", "inference/progress"] {
        let (path, body) = all.iter().find(|(name, _)| *name == path).unwrap();
        for answer in ten_times(&fixture, path, body).await {
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
    let seen = fixture.generation(generation).await;
    assert_eq!(
        (&seen["status"], &seen["progress"]["current_step"]),
        (&json!("processing"), &json!(10))
    );
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert_eq!(
        (&own["training_status"], &own["progress"]["current_epoch"]),
        (&json!("training"), &json!(1))
    );
    assert_eq!(fixture.attempt(generation).await, 1);
    assert_eq!(fixture.balance().await["held_tokens"], 30);
}

#[tokio::test]
async fn w4_ten_equal_training_reports_have_one_effect() {
    let fixture = Fixture::start(30).await;
    let (artist, style) = fixture.untrained_style().await;
    let all = reports(&fixture.platform, style, 0);
    let (path, body) = &all[2];
    let answers = ten_times(&fixture, path, body).await;
    assert_eq!(applied(&answers), 1);
    assert_eq!(count_notifications(&fixture, "style_training_failed").await, 1);

    let (path, body) = &all[1];
    let answers = ten_times(&fixture, path, body).await;
    assert_eq!(applied(&answers), 1);
    // The other one is for the style of the fixture.
    assert_eq!(count_notifications(&fixture, "style_training_complete").await, 2);
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert_eq!(own["training_status"], "completed");
}

#[tokio::test]
async fn a_second_failure_report_releases_nothing() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    assert_eq!(fixture.balance().await["token_balance"], WELCOME - 30);
    assert_eq!(
        fixture.fail(generation, FINAL_FAILURE).await,
        outcome(true, "failed")
    );
    let once = fixture.platform.snapshot().await;
    assert_eq!(
        fixture.fail(generation, FINAL_FAILURE).await,
        outcome(false, "failed")
    );
    assert_eq!(fixture.platform.snapshot().await, once);
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
}

#[tokio::test]
async fn completion_after_a_cancel_changes_nothing() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    fixture
        .user
        .post(&format!("/api/generations/{generation}/cancel"), &json!({}))
        .await
        .data(200);
    let once = fixture.platform.snapshot().await;
    let none = outcome(false, "canceled");
    assert_eq!(fixture.complete(generation).await, none);
    assert_eq!(fixture.progress(generation).await, none);
    assert_eq!(fixture.fail(generation, "GPU_OOM").await, none);
    assert_eq!(fixture.fail(generation, "INFERENCE_ERROR").await, none);
    assert_eq!(fixture.platform.snapshot().await, once);
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn failure_after_completion_changes_nothing() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    fixture.complete(generation).await;
    // After the earning is added to the balance, nothing changes in the background.
    fixture
        .user
        .poll(
            &format!("/api/styles/{}", fixture.style),
            crate::support::TIMEOUT,
            |s| s["usage_count"] == 1,
        )
        .await;
    let once = fixture.platform.snapshot().await;
    let none = outcome(false, "completed");
    for code in [FINAL_FAILURE, "GPU_OOM", "INFERENCE_ERROR"] {
        assert_eq!(fixture.fail(generation, code).await, none);
    }
    assert_eq!(fixture.progress(generation).await, none);
    assert_eq!(fixture.complete(generation).await, none);
    assert_eq!(fixture.platform.snapshot().await, once);
    assert_eq!(fixture.balance().await["token_balance"], WELCOME - 30);
}
