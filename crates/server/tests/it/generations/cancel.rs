//! Withdrawing a request.

use serde_json::{Value, json};
use testkit::client::Answer;

use crate::support::stage::{FINAL_FAILURE, Stage, WELCOME, at_once};

async fn cancel(stage: &Stage, generation: i64) -> Answer {
    stage
        .user
        .post(&format!("/api/generations/{generation}/cancel"), &json!({}))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_parallel_cancels_refund_once() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    let answers = at_once((0..10).map(|_| {
        let user = stage.user.clone();
        async move {
            user.post(&format!("/api/generations/{generation}/cancel"), &json!({}))
                .await
        }
    }))
    .await;
    let done: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(done.len(), 1);
    let canceled = done[0].data(200);
    assert_eq!(
        (&canceled["status"], &canceled["refunded"]),
        (&json!("canceled"), &json!(true))
    );
    assert_eq!(canceled["settlement"]["state"], "released");
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.error(409, "CONFLICT");
    }
    let balance = stage.balance().await;
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(WELCOME), &json!(0))
    );
    assert_eq!(stage.unsent(generation).await, 0, "no worker shall take it");
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn a_request_that_a_worker_is_at_cannot_be_canceled() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    stage.progress(generation).await;
    let before = stage.platform.snapshot().await;
    cancel(&stage, generation).await.error(409, "CONFLICT");
    assert_eq!(stage.platform.snapshot().await, before);
    assert_eq!(stage.complete(generation).await["applied"], true);
}

#[tokio::test]
async fn a_request_that_is_retried_can_be_canceled() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    stage.fail(generation, "GPU_OOM").await;
    assert_eq!(cancel(&stage, generation).await.data(200)["status"], "canceled");
    assert_eq!(stage.balance().await["token_balance"], WELCOME);
    assert_eq!(stage.unsent(generation).await, 0);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn a_request_that_is_over_cannot_be_canceled() {
    let stage = Stage::set(30).await;
    let (made, lost) = (stage.requested().await, stage.requested().await);
    stage.complete(made).await;
    stage.fail(lost, FINAL_FAILURE).await;
    for generation in [made, lost] {
        cancel(&stage, generation).await.error(409, "CONFLICT");
    }
    assert_eq!(stage.balance().await["token_balance"], WELCOME - 30);
    stage.platform.assert_books_balance().await;
}

#[tokio::test]
async fn nobody_else_can_cancel() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    let path = format!("/api/generations/{generation}/cancel");
    let before = stage.platform.snapshot().await;
    stage
        .artist
        .post(&path, &json!({}))
        .await
        .error(404, "GENERATION_NOT_FOUND");
    stage
        .platform
        .browser()
        .post(&path, &json!({}))
        .await
        .error(401, "UNAUTHORIZED");
    stage
        .user
        .post("/api/generations/999999/cancel", &Value::Null)
        .await
        .error(404, "GENERATION_NOT_FOUND");
    assert_eq!(stage.platform.snapshot().await, before);
    assert_eq!(stage.seen(generation).await["status"], "queued");
}
