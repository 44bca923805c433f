//! What reports do to a request.

use serde_json::{Value, json};

use crate::support::stage::{FINAL_FAILURE, Stage, WELCOME, progress_report};

#[tokio::test]
async fn the_first_progress_moves_a_request_to_processing() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    assert_eq!(stage.seen(generation).await["status"], "queued");
    assert_eq!(
        stage.progress(generation).await,
        json!({"applied": true, "status": "processing"})
    );
    let seen = stage.seen(generation).await;
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
async fn a_lower_figure_than_the_stored_one_is_applied() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    for step in [40, 5] {
        let taken = stage
            .platform
            .worker()
            .accepted("inference/progress", &progress_report(generation, step))
            .await;
        assert_eq!(taken["applied"], true);
        assert_eq!(stage.seen(generation).await["progress"]["current_step"], step);
    }
}

#[tokio::test]
async fn a_request_may_be_completed_or_failed_without_any_progress() {
    let stage = Stage::set(10).await;
    let (made, lost) = (stage.requested().await, stage.requested().await);
    assert_eq!(
        stage.complete(made).await,
        json!({"applied": true, "status": "completed"})
    );
    let seen = stage.seen(made).await;
    assert_eq!(seen["settlement"]["state"], "captured");
    assert_eq!(seen["is_public"], false, "new images are private");
    assert_eq!(
        stage.fail(lost, FINAL_FAILURE).await,
        json!({"applied": true, "status": "failed"})
    );
    let seen = stage.seen(lost).await;
    assert_eq!(seen["error_code"], FINAL_FAILURE);
    assert_eq!(seen["error_message"], "the worker failed");
    assert_eq!(seen["refunded"], true);
    assert_eq!(seen["settlement"]["state"], "released");
    assert_eq!(stage.balance().await["token_balance"], WELCOME - 10);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn an_inference_error_is_a_sign_of_life_and_sends_nothing() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    let task = stage.task_id(generation).await;
    assert_eq!(
        stage.fail(generation, "INFERENCE_ERROR").await,
        json!({"applied": true, "status": "retrying"})
    );
    assert_eq!(stage.attempt(generation).await, 1);
    assert_eq!(stage.task_id(generation).await, task);
    let taken = format!("SELECT taken_at IS NOT NULL FROM generation_requests WHERE id = {generation}");
    assert_eq!(stage.platform.text(&taken).await, "true");
    assert_eq!(stage.balance().await["held_tokens"], 10);
    // The worker tries again by itself.
    assert_eq!(stage.progress(generation).await["status"], "processing");
    assert_eq!(
        stage.complete(generation).await,
        json!({"applied": true, "status": "completed"})
    );
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn a_failure_is_not_lost_over_its_spelling() {
    let stage = Stage::set(10).await;
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
        let generation = stage.requested().await;
        report["generation_id"] = json!(generation);
        let taken = stage
            .platform
            .worker()
            .accepted("inference/failed", &report)
            .await;
        assert_eq!(taken, json!({"applied": true, "status": "failed"}), "{report}");
        let seen = stage.seen(generation).await;
        assert_eq!(seen["error_code"], code, "{report}");
        let kept = seen["error_message"].as_str().unwrap_or_default();
        assert!(kept.chars().count() <= 1000 && !kept.contains('\0'), "{kept}");
    }
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn a_completion_keeps_its_metadata_however_odd() {
    let stage = Stage::set(10).await;
    let odd =
        json!({"seed": 9_007_199_254_740_993_i64, "note": "a\u{0}b", "nested": {"deep\u{0}": [1.5, null]}});
    for metadata in [odd, json!("text"), json!([1, 2]), Value::Null] {
        let generation = stage.requested().await;
        let mut report = stage.platform.completion(generation);
        report["metadata"] = metadata;
        let taken = stage
            .platform
            .worker()
            .accepted("inference/complete", &report)
            .await;
        assert_eq!(taken, json!({"applied": true, "status": "completed"}), "{report}");
    }
}

#[tokio::test]
async fn an_image_failure_keeps_no_signature_of_an_address() {
    let stage = Stage::set(10).await;
    let generation = stage.requested().await;
    let message = "PUT http://store.example.com/a.png?X-Amz-Signature=0badcafe answered 403";
    let report = json!({"generation_id": generation, "error_code": FINAL_FAILURE, "error_message": message});
    stage
        .platform
        .worker()
        .accepted("inference/failed", &report)
        .await;
    let seen = stage.seen(generation).await;
    assert!(
        !seen["error_message"].as_str().unwrap().contains("0badcafe"),
        "{seen}"
    );
}
