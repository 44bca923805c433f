//! Cancellation.

use serde_json::{Value, json};
use testkit::client::Answer;

use crate::support::fixture::{FINAL_FAILURE, Fixture, WELCOME, at_once};

async fn cancel(fixture: &Fixture, generation: i64) -> Answer {
    fixture
        .user
        .post(&format!("/api/generations/{generation}/cancel"), &json!({}))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_concurrent_cancellations_release_once() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    let answers = at_once((0..10).map(|_| {
        let user = fixture.user.clone();
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
    let balance = fixture.balance().await;
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(WELCOME), &json!(0))
    );
    assert_eq!(fixture.unsent_tasks(generation).await, 0, "the task is deleted");
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_processing_generation_cannot_be_canceled() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    fixture.progress(generation).await;
    let before = fixture.platform.snapshot().await;
    cancel(&fixture, generation).await.error(409, "CONFLICT");
    assert_eq!(fixture.platform.snapshot().await, before);
    assert_eq!(fixture.complete(generation).await["applied"], true);
}

#[tokio::test]
async fn a_retrying_generation_can_be_canceled() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    fixture.fail(generation, "GPU_OOM").await;
    assert_eq!(cancel(&fixture, generation).await.data(200)["status"], "canceled");
    assert_eq!(fixture.balance().await["token_balance"], WELCOME);
    assert_eq!(fixture.unsent_tasks(generation).await, 0);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_finished_generation_cannot_be_canceled() {
    let fixture = Fixture::start(30).await;
    let (made, lost) = (
        fixture.create_generation().await,
        fixture.create_generation().await,
    );
    fixture.complete(made).await;
    fixture.fail(lost, FINAL_FAILURE).await;
    for generation in [made, lost] {
        cancel(&fixture, generation).await.error(409, "CONFLICT");
    }
    assert_eq!(fixture.balance().await["token_balance"], WELCOME - 30);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn only_the_owner_can_cancel() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    let path = format!("/api/generations/{generation}/cancel");
    let before = fixture.platform.snapshot().await;
    fixture
        .artist
        .post(&path, &json!({}))
        .await
        .error(404, "GENERATION_NOT_FOUND");
    fixture
        .platform
        .browser()
        .post(&path, &json!({}))
        .await
        .error(401, "UNAUTHORIZED");
    fixture
        .user
        .post("/api/generations/999999/cancel", &Value::Null)
        .await
        .error(404, "GENERATION_NOT_FOUND");
    assert_eq!(fixture.platform.snapshot().await, before);
    assert_eq!(fixture.generation(generation).await["status"], "queued");
}
