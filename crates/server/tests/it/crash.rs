//! Killed servers and lost publisher confirms.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    TIMEOUT,
    broker::{BrokerFixture, assert_tokens},
    fixture::create_generation,
};

/// More than the 30 seconds after which the lease of a killed server expires.
const LEASE_TIMEOUT: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_server_killed_between_commit_and_publish_delivers_after_restart() {
    let mut fixture = BrokerFixture::start(&[]).await;
    let (artist, style) = fixture.platform.trained_style(20).await;
    fixture.platform.until_sent().await;

    fixture.proxy.cut();
    let generation = create_generation(&artist, style).await;
    fixture.platform.kill().await;
    fixture.proxy.restore();
    assert_eq!(fixture.waiting_tasks().await, 0);
    let of = format!("FROM generation_requests WHERE id = {generation}");
    let task_id = fixture.platform.text(&format!("SELECT task_id {of}")).await;

    fixture.platform.restart().await;
    // Everything that was answered is durable: the generation, its hold and the session.
    fixture.platform.until(&artist, generation, "queued").await;
    assert_tokens(&artist, 80, 20).await;
    let (message, _) = fixture.next_task(LEASE_TIMEOUT).await;
    assert_eq!(message.message_id, Some(task_id));
    fixture.platform.until_sent().await;
    assert_eq!(fixture.waiting_tasks().await, 0, "delivered once");
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_lost_confirm_publishes_again_and_pays_once() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.usable_style(20).await;
    // The first task makes the server declare the queue, which needs a response of the broker.
    create_generation(&artist, style).await;
    fixture.next_task(TIMEOUT).await;
    platform.until_sent().await;

    fixture.proxy.hold_responses();
    let generation = create_generation(&artist, style).await;
    fixture.until_waiting(1).await;
    assert_eq!(
        platform.count_rows("outbox_messages").await,
        1,
        "kept until it is confirmed"
    );
    fixture.proxy.cut();
    artist
        .poll("/api/health", TIMEOUT, |health| {
            health["checks"]["broker"] == "down"
        })
        .await;
    fixture.proxy.restore();
    fixture.until_waiting(2).await;
    platform.until_sent().await;

    let mut worker = fixture.worker(&["--queues", "inference", "--once", "2"]).await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(worker.wait_for("completed", TIMEOUT).await);
    }
    assert_eq!(answers[0]["task_id"], answers[1]["task_id"]);
    let outcomes = [
        &answers[0]["body"]["data"]["applied"],
        &answers[1]["body"]["data"]["applied"],
    ];
    assert_eq!(outcomes, [&json!(true), &json!(false)]);
    platform.until(&artist, generation, "completed").await;
    platform.until_earned(&artist, 20).await;
    platform
        .assert_rows("token_transactions WHERE kind = 'capture'", 1)
        .await;
    platform.assert_ledger_balances().await;
}
