//! Reports and attempts.

use serde_json::{Value, json};

use super::duplicates::ten_times;
use crate::support::fixture::{
    FINAL_FAILURE, Fixture, WELCOME, applied, failure_report, outcome, progress_report,
};

const OTHER_TASK: &str = "00000000-0000-4000-8000-000000000000";

fn with_task_id(mut report: Value, task: &str) -> Value {
    report["task_id"] = json!(task);
    report
}

#[tokio::test]
async fn ten_equal_failures_use_one_retry() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    let first = fixture.task_id(generation).await;
    let answers = ten_times(
        &fixture,
        "inference/failed",
        &failure_report(generation, "GPU_OOM"),
    )
    .await;
    assert_eq!(applied(&answers), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.data(200)["status"] == "retrying")
    );
    assert_eq!(fixture.attempt(generation).await, 2);
    assert_ne!(fixture.task_id(generation).await, first);
    assert_eq!(fixture.unsent_tasks(generation).await, 1, "only the new task");
    assert_eq!(fixture.balance().await["held_tokens"], 10, "no new charge");
    let seen = fixture.generation(generation).await;
    assert_eq!(
        (&seen["status"], &seen["progress"]),
        (&json!("retrying"), &Value::Null)
    );
}

#[tokio::test]
async fn a_generation_has_four_attempts_and_is_then_released() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    for (attempt, wait) in [(1, 0), (2, 30), (3, 120)] {
        assert_eq!(fixture.attempt(generation).await, attempt);
        fixture.progress(generation).await;
        let again = fixture.fail(generation, "TIMEOUT").await;
        assert_eq!(again, outcome(true, "retrying"));
        let delay = format!(
            "SELECT extract(epoch FROM available_at - created_at)::bigint AS n FROM outbox_messages
              WHERE topic = 'image_generation' AND subject_id = {generation}"
        );
        assert_eq!(fixture.platform.count(&delay).await, wait);
    }
    fixture.progress(generation).await;
    let last = fixture.fail(generation, "TIMEOUT").await;
    assert_eq!(last, outcome(true, "failed"));
    assert_eq!(fixture.unsent_tasks(generation).await, 0);
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
    assert_eq!(fixture.generation(generation).await["error_code"], "TIMEOUT");
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_inference_error_of_a_retried_task_is_a_heartbeat() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    fixture.fail(generation, "GPU_OOM").await;
    let none = outcome(false, "retrying");
    assert_eq!(
        fixture.fail(generation, FINAL_FAILURE).await,
        none,
        "no worker has taken the new task"
    );
    let heartbeat = fixture.fail(generation, "INFERENCE_ERROR").await;
    assert_eq!(heartbeat, outcome(true, "retrying"));
    assert_eq!(fixture.attempt(generation).await, 2);
    assert_eq!(
        fixture.fail(generation, FINAL_FAILURE).await,
        outcome(true, "failed")
    );
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
}

#[tokio::test]
async fn a_completion_counts_for_the_current_attempt() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    fixture.fail(generation, "GPU_OOM").await;
    assert_eq!(fixture.complete(generation).await, outcome(true, "completed"));
    assert_eq!(
        fixture.unsent_tasks(generation).await,
        0,
        "the second task is not needed any more"
    );
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_report_of_another_attempt_is_ignored() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    let before = fixture.platform.snapshot().await;
    let none = outcome(false, "queued");
    let reports = [
        ("inference/progress", progress_report(generation, 10)),
        ("inference/complete", fixture.platform.completion(generation)),
        ("inference/failed", failure_report(generation, FINAL_FAILURE)),
        ("inference/failed", failure_report(generation, "GPU_OOM")),
        ("inference/failed", failure_report(generation, "INFERENCE_ERROR")),
    ];
    for (path, report) in reports {
        let taken = fixture
            .platform
            .report(path, &with_task_id(report, OTHER_TASK))
            .await;
        assert_eq!(taken, none, "{path}");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn an_invalid_task_id_is_ignored() {
    let fixture = Fixture::start(10).await;
    for invalid in [json!("no uuid"), json!(""), json!(7), json!(["a"]), Value::Null] {
        let generation = fixture.create_generation().await;
        let mut report = fixture.platform.completion(generation);
        report["task_id"] = invalid;
        let taken = fixture.platform.report("inference/complete", &report).await;
        assert_eq!(taken, outcome(true, "completed"), "{report}");
    }
}

#[tokio::test]
async fn a_report_of_the_current_attempt_counts_and_an_older_one_does_not() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    let first = fixture.task_id(generation).await;
    let failure = with_task_id(failure_report(generation, "GPU_OOM"), &first);
    let worker = fixture.platform.worker();
    assert_eq!(
        worker.accepted("inference/failed", &failure).await["applied"],
        true
    );
    // A late report of the same worker, whose attempt has ended.
    assert_eq!(
        worker.accepted("inference/failed", &failure).await["applied"],
        false
    );
    let late = with_task_id(fixture.platform.completion(generation), &first);
    assert_eq!(
        worker.accepted("inference/complete", &late).await["applied"],
        false
    );

    // A failure with its task id is applied without previous progress.
    let second = fixture.task_id(generation).await;
    let failure = with_task_id(failure_report(generation, FINAL_FAILURE), &second);
    let settled = worker.accepted("inference/failed", &failure).await;
    assert_eq!(settled, outcome(true, "failed"));
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_training_report_of_another_attempt_is_ignored() {
    let fixture = Fixture::start(10).await;
    let (_, style) = fixture.untrained_style().await;
    let before = fixture.platform.snapshot().await;
    for (path, report) in super::access::reports(&fixture.platform, style, 0)
        .into_iter()
        .take(3)
    {
        let taken = fixture
            .platform
            .report(path, &with_task_id(report, OTHER_TASK))
            .await;
        assert_eq!(taken, outcome(false, "pending"), "{path}");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
    let task = fixture
        .platform
        .text(&format!("SELECT task_id FROM style_models WHERE id = {style}"))
        .await;
    let [_, (path, report), ..] = super::access::reports(&fixture.platform, style, 0);
    let taken = fixture.platform.report(path, &with_task_id(report, &task)).await;
    assert_eq!(taken, outcome(true, "completed"));
}
