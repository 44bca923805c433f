//! Servers that die, and servers that are told to stop.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep},
};

use crate::support::{
    PATIENCE, Platform, TOKEN,
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

#[tokio::test]
async fn sigterm_finishes_requests_in_flight_and_exits_zero() {
    let mut platform = Platform::start().await;
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let style = artist.upload_style("Bands", 20).await;

    let address = platform.base.trim_start_matches("http://").to_owned();
    let body = platform.training_report(style).to_string();
    let (first, rest) = body.as_bytes().split_at(body.len() / 2);
    let mut connection = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /api/webhooks/training/complete HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\n\
         X-Request-Source: training-server\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    connection.read_exact(&mut go_on).await.unwrap();
    assert!(
        go_on.starts_with(b"HTTP/1.1 100 "),
        "{}",
        String::from_utf8_lossy(&go_on)
    );
    connection.write_all(first).await.unwrap();

    platform.server().signal("TERM").await;
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(&address).await.is_ok() {
        assert!(Instant::now() < deadline, "the server still accepts connections");
        sleep(Duration::from_millis(20)).await;
    }
    connection.write_all(rest).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(
        answer.ends_with(r#"{"success":true,"data":{"applied":true,"status":"completed"}}"#),
        "{answer}"
    );

    let began = Instant::now();
    assert_eq!(platform.server().wait(PATIENCE).await, Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "idle connections do not hold it up"
    );
    let trained = format!(
        "SELECT count(*) AS n FROM style_models WHERE id = {style} AND training_status = 'completed'"
    );
    assert_eq!(platform.count(&trained).await, 1);
    // The lease is given up, so that another server takes over at once.
    assert_eq!(
        platform
            .count("SELECT count(*) AS n FROM relay_leases WHERE holder IS NOT NULL")
            .await,
        0
    );
}
