//! Servers that die.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    PATIENCE,
    stage::requested,
    workshop::{Workshop, assert_tokens},
};

/// A killed server's lease runs out after half a minute.
const LEASE_AND_MORE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_server_killed_between_commit_and_publish_delivers_after_restart() {
    let mut workshop = Workshop::start(&[]).await;
    let (artist, style) = workshop.platform.trained_style(20).await;
    workshop.platform.until_sent().await;

    workshop.proxy.cut();
    let generation = requested(&artist, style).await;
    workshop.platform.kill().await;
    workshop.proxy.restore();
    assert_eq!(workshop.waiting_tasks().await, 0);
    let of = format!("FROM generation_requests WHERE id = {generation}");
    let task_id = workshop.platform.text(&format!("SELECT task_id {of}")).await;

    workshop.platform.restart().await;
    // What was answered has survived: the request, its tokens, and the session.
    workshop.platform.until(&artist, generation, "queued").await;
    assert_tokens(&artist, 80, 20).await;
    let (message, _) = workshop.next_task(LEASE_AND_MORE).await;
    assert_eq!(message.message_id, Some(task_id));
    workshop.platform.until_sent().await;
    assert_eq!(workshop.waiting_tasks().await, 0, "delivered once");
    workshop.platform.assert_books_balance().await;
}

#[tokio::test]
async fn a_confirm_that_is_lost_publishes_again_and_pays_once() {
    let workshop = Workshop::start(&[]).await;
    let platform = &workshop.platform;
    let (artist, style) = platform.usable_style(20).await;
    // A first task makes the server declare the queue: a muted broker could not answer that.
    requested(&artist, style).await;
    workshop.next_task(PATIENCE).await;
    platform.until_sent().await;

    workshop.proxy.mute();
    let generation = requested(&artist, style).await;
    workshop.until_waiting(1).await;
    assert_eq!(
        platform.count("SELECT count(*) AS n FROM outbox_messages").await,
        1,
        "not confirmed, not forgotten"
    );
    workshop.proxy.cut();
    artist
        .poll("/api/health", PATIENCE, |health| {
            health["checks"]["broker"] == "down"
        })
        .await;
    workshop.proxy.restore();
    workshop.until_waiting(2).await;
    platform.until_sent().await;

    let mut worker = workshop.worker(&["--queues", "inference", "--once", "2"]).await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(worker.wait_for("completed", PATIENCE).await);
    }
    assert_eq!(answers[0]["task_id"], answers[1]["task_id"]);
    let outcomes = [
        &answers[0]["body"]["data"]["applied"],
        &answers[1]["body"]["data"]["applied"],
    ];
    assert_eq!(outcomes, [&json!(true), &json!(false)]);
    platform.until(&artist, generation, "completed").await;
    platform.until_earned(&artist, 20).await;
    assert_eq!(
        platform
            .count("SELECT count(*) AS n FROM token_transactions WHERE kind = 'capture'")
            .await,
        1
    );
    platform.assert_books_balance().await;
}
