//! Which attempt a report counts for.

use serde_json::{Value, json};

use super::duplicates::ten_times;
use crate::support::stage::{FINAL_FAILURE, Stage, WELCOME, applied, failure_report, progress_report};

/// A task id that is nobody's.
const OTHER_TASK: &str = "00000000-0000-4000-8000-000000000000";

fn named(mut report: Value, task: &str) -> Value {
    report["task_id"] = json!(task);
    report
}

#[tokio::test]
async fn ten_equal_failures_burn_one_retry() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    let first = stage.task_id(generation).await;
    let answers = ten_times(&stage, "inference/failed", &failure_report(generation, "GPU_OOM")).await;
    assert_eq!(applied(&answers), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.data(200)["status"] == "retrying")
    );
    assert_eq!(stage.attempt(generation).await, 2);
    assert_ne!(stage.task_id(generation).await, first);
    assert_eq!(stage.unsent(generation).await, 1, "the new task and nothing else");
    assert_eq!(stage.balance().await["held_tokens"], 10, "no new charge");
    let seen = stage.seen(generation).await;
    assert_eq!(
        (&seen["status"], &seen["progress"]),
        (&json!("retrying"), &Value::Null)
    );
}

#[tokio::test]
async fn a_request_is_tried_four_times_and_then_refunded() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    for (attempt, wait) in [(1, 0), (2, 30), (3, 120)] {
        assert_eq!(stage.attempt(generation).await, attempt);
        stage.progress(generation).await;
        let again = stage.fail(generation, "TIMEOUT").await;
        assert_eq!(again, json!({"applied": true, "status": "retrying"}));
        let waits = format!(
            "SELECT extract(epoch FROM available_at - created_at)::bigint AS n FROM outbox_messages
              WHERE topic = 'image_generation' AND subject_id = {generation}"
        );
        assert_eq!(stage.platform.count(&waits).await, wait);
    }
    stage.progress(generation).await;
    let last = stage.fail(generation, "TIMEOUT").await;
    assert_eq!(last, json!({"applied": true, "status": "failed"}));
    assert_eq!(stage.unsent(generation).await, 0);
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
    assert_eq!(stage.seen(generation).await["error_code"], "TIMEOUT");
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn an_inference_error_of_a_resent_task_is_a_sign_of_life_too() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    stage.fail(generation, "GPU_OOM").await;
    let none = json!({"applied": false, "status": "retrying"});
    assert_eq!(
        stage.fail(generation, FINAL_FAILURE).await,
        none,
        "nobody has taken the new task"
    );
    let sign = stage.fail(generation, "INFERENCE_ERROR").await;
    assert_eq!(sign, json!({"applied": true, "status": "retrying"}));
    assert_eq!(stage.attempt(generation).await, 2);
    assert_eq!(
        stage.fail(generation, FINAL_FAILURE).await,
        json!({"applied": true, "status": "failed"})
    );
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
}

#[tokio::test]
async fn a_completion_counts_for_whichever_attempt_is_current() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    stage.fail(generation, "GPU_OOM").await;
    assert_eq!(
        stage.complete(generation).await,
        json!({"applied": true, "status": "completed"})
    );
    assert_eq!(
        stage.unsent(generation).await,
        0,
        "nobody needs the second task any more"
    );
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn a_report_that_names_another_attempt_is_ignored() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    let before = stage.platform.snapshot().await;
    let none = json!({"applied": false, "status": "queued"});
    let reports = [
        ("inference/progress", progress_report(generation, 10)),
        ("inference/complete", stage.platform.completion(generation)),
        ("inference/failed", failure_report(generation, FINAL_FAILURE)),
        ("inference/failed", failure_report(generation, "GPU_OOM")),
        ("inference/failed", failure_report(generation, "INFERENCE_ERROR")),
    ];
    for (path, report) in reports {
        let taken = stage
            .platform
            .worker()
            .accepted(path, &named(report, OTHER_TASK))
            .await;
        assert_eq!(taken, none, "{path}");
    }
    assert_eq!(stage.platform.snapshot().await, before);
}

#[tokio::test]
async fn a_task_id_that_cannot_be_read_counts_as_none() {
    let stage = Stage::set(10).await;
    for odd in [json!("no uuid"), json!(""), json!(7), json!(["a"]), Value::Null] {
        let generation = stage.requested().await;
        let mut report = stage.platform.completion(generation);
        report["task_id"] = odd;
        let taken = stage
            .platform
            .worker()
            .accepted("inference/complete", &report)
            .await;
        assert_eq!(taken, json!({"applied": true, "status": "completed"}), "{report}");
    }
}

#[tokio::test]
async fn a_report_that_names_the_current_attempt_counts_and_an_older_one_does_not() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    let first = stage.task_id(generation).await;
    let failure = named(failure_report(generation, "GPU_OOM"), &first);
    let worker = stage.platform.worker();
    assert_eq!(
        worker.accepted("inference/failed", &failure).await["applied"],
        true
    );
    // The same worker again, and late: its attempt is over.
    assert_eq!(
        worker.accepted("inference/failed", &failure).await["applied"],
        false
    );
    let late = named(stage.platform.completion(generation), &first);
    assert_eq!(
        worker.accepted("inference/complete", &late).await["applied"],
        false
    );

    // A failure that names its attempt needs no sign of life before.
    let second = stage.task_id(generation).await;
    let failure = named(failure_report(generation, FINAL_FAILURE), &second);
    let settled = worker.accepted("inference/failed", &failure).await;
    assert_eq!(settled, json!({"applied": true, "status": "failed"}));
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn a_training_report_that_names_another_attempt_is_ignored() {
    let stage = Stage::set(10).await;
    let (_, style) = stage.untrained_style().await;
    let before = stage.platform.snapshot().await;
    for (path, report) in super::access::reports(&stage.platform, style, 0)
        .into_iter()
        .take(3)
    {
        let taken = stage
            .platform
            .worker()
            .accepted(path, &named(report, OTHER_TASK))
            .await;
        assert_eq!(taken, json!({"applied": false, "status": "pending"}), "{path}");
    }
    assert_eq!(stage.platform.snapshot().await, before);
    let task = stage
        .platform
        .text(&format!("SELECT task_id FROM style_models WHERE id = {style}"))
        .await;
    let [_, (path, report), ..] = super::access::reports(&stage.platform, style, 0);
    let taken = stage
        .platform
        .worker()
        .accepted(path, &named(report, &task))
        .await;
    assert_eq!(taken, json!({"applied": true, "status": "completed"}));
}
