//! Graceful shutdown.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep},
};

use crate::support::{Platform, TIMEOUT, TOKEN};

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
    let deadline = Instant::now() + TIMEOUT;
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
    assert_eq!(platform.server().wait(TIMEOUT).await, Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "idle connections must not delay it"
    );
    let trained = format!(
        "SELECT count(*) AS n FROM style_models WHERE id = {style} AND training_status = 'completed'"
    );
    assert_eq!(platform.count(&trained).await, 1);
    // The lease is released, so that another server can take over at once.
    platform
        .assert_rows("relay_leases WHERE holder IS NOT NULL", 0)
        .await;
}
