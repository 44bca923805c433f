//! Effects of reports on a generation.

use serde_json::{Value, json};

use crate::support::fixture::{FINAL_FAILURE, Fixture, WELCOME, outcome, progress_report};

#[tokio::test]
async fn the_first_progress_moves_a_generation_to_processing() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    assert_eq!(fixture.generation(generation).await["status"], "queued");
    assert_eq!(fixture.progress(generation).await, outcome(true, "processing"));
    let seen = fixture.generation(generation).await;
    assert_eq!(seen["status"], "processing");
    assert_eq!(seen["progress"]["current_step"], 10);
    assert_eq!(seen["progress"]["total_steps"], 50);
    assert_eq!(seen["progress"]["progress_percent"], 20);
    assert_eq!(seen["progress"]["estimated_seconds"], 40);
    assert!(
        seen["progress"]["last_updated"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z')),
        "{seen}"
    );
    assert_eq!(seen["settlement"]["state"], "held");
}

#[tokio::test]
async fn lower_progress_is_applied() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    for step in [40, 5] {
        let taken = fixture
            .platform
            .report("inference/progress", &progress_report(generation, step))
            .await;
        assert_eq!(taken["applied"], true);
        assert_eq!(
            fixture.generation(generation).await["progress"]["current_step"],
            step
        );
    }
}

#[tokio::test]
async fn a_generation_can_be_completed_or_failed_without_progress() {
    let fixture = Fixture::start(10).await;
    let (made, lost) = (
        fixture.create_generation().await,
        fixture.create_generation().await,
    );
    assert_eq!(fixture.complete(made).await, outcome(true, "completed"));
    let seen = fixture.generation(made).await;
    assert_eq!(seen["settlement"]["state"], "captured");
    assert_eq!(seen["is_public"], false, "new images are private");
    assert_eq!(fixture.fail(lost, FINAL_FAILURE).await, outcome(true, "failed"));
    let seen = fixture.generation(lost).await;
    assert_eq!(seen["error_code"], FINAL_FAILURE);
    assert_eq!(seen["error_message"], "the worker failed");
    assert_eq!(seen["refunded"], true);
    assert_eq!(seen["settlement"]["state"], "released");
    assert_eq!(fixture.balance().await["token_balance"], WELCOME - 10);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_inference_error_is_a_heartbeat_and_sends_no_task() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    let task = fixture.task_id(generation).await;
    assert_eq!(
        fixture.fail(generation, "INFERENCE_ERROR").await,
        outcome(true, "retrying")
    );
    assert_eq!(fixture.attempt(generation).await, 1);
    assert_eq!(fixture.task_id(generation).await, task);
    let taken = format!("SELECT taken_at IS NOT NULL FROM generation_requests WHERE id = {generation}");
    assert_eq!(fixture.platform.text(&taken).await, "true");
    assert_eq!(fixture.balance().await["held_tokens"], 10);
    // The worker retries by itself, without a new task.
    assert_eq!(fixture.progress(generation).await["status"], "processing");
    assert_eq!(fixture.complete(generation).await, outcome(true, "completed"));
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_failure_with_malformed_details_is_applied() {
    let fixture = Fixture::start(10).await;
    let long = "x".repeat(10_000);
    let reports = [
        (
            json!({"error_code": "BROKEN\u{0}", "error_message": "a\u{0}b"}),
            "BROKEN",
        ),
        (
            json!({"error_code": "no code at all; DROP TABLE users", "error_message": long}),
            "GENERATION_FAILED",
        ),
        (
            json!({"error_code": 500, "error_message": {"trace": ["a", "b"]}}),
            "GENERATION_FAILED",
        ),
        (
            json!({"error_code": "X".repeat(5000), "error_message": ""}),
            "GENERATION_FAILED",
        ),
        (
            json!({"error_code": null, "error_message": null, "retry_count": "many"}),
            "GENERATION_FAILED",
        ),
        (
            json!({"error_message": "한글 메시지 \u{1F3A8}"}),
            "GENERATION_FAILED",
        ),
        (json!({}), "GENERATION_FAILED"),
    ];
    for (mut report, code) in reports {
        let generation = fixture.create_generation().await;
        report["generation_id"] = json!(generation);
        let taken = fixture.platform.report("inference/failed", &report).await;
        assert_eq!(taken, outcome(true, "failed"), "{report}");
        let seen = fixture.generation(generation).await;
        assert_eq!(seen["error_code"], code, "{report}");
        let message = seen["error_message"].as_str().unwrap_or_default();
        assert!(
            message.chars().count() <= 1000 && !message.contains('\0'),
            "{message}"
        );
    }
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_completion_with_unusual_metadata_is_applied() {
    let fixture = Fixture::start(10).await;
    let unusual =
        json!({"seed": 9_007_199_254_740_993_i64, "note": "a\u{0}b", "nested": {"deep\u{0}": [1.5, null]}});
    for metadata in [unusual, json!("text"), json!([1, 2]), Value::Null] {
        let generation = fixture.create_generation().await;
        let mut report = fixture.platform.completion(generation);
        report["metadata"] = metadata;
        let taken = fixture.platform.report("inference/complete", &report).await;
        assert_eq!(taken, outcome(true, "completed"), "{report}");
    }
}

#[tokio::test]
async fn signatures_of_urls_are_removed_from_error_messages() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    let message = "PUT http://store.example.com/a.png?X-Amz-Signature=0badcafe answered 403";
    let report = json!({"generation_id": generation, "error_code": FINAL_FAILURE, "error_message": message});
    fixture.platform.report("inference/failed", &report).await;
    let seen = fixture.generation(generation).await;
    assert!(
        !seen["error_message"].as_str().unwrap().contains("0badcafe"),
        "{seen}"
    );
}
