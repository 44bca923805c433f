//! Connection pools, hanging connections, and log lines at shutdown.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use testkit::client::Client;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::support::{NO_BROKER, Platform, TIMEOUT, fixture::at_once};

/// Timeout of a statement (10 s), its grace (2 s) and the wait for a connection (3 s), for two statements.
const MAX_DURATION: Duration = Duration::from_secs(20);

/// Limit of a fast request on a busy machine.
const FAST: Duration = Duration::from_secs(3);

async fn timed_get(client: &Client, path: &str) -> (u16, Duration) {
    let started = Instant::now();
    let answer = client
        .send(client.request(Method::GET, path).timeout(Duration::from_mins(2)))
        .await;
    (answer.status.as_u16(), started.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_on_hanging_connections_time_out_and_later_ones_succeed() {
    let (platform, proxy) = Platform::with_database_proxy(&[("AMQP_URL", NO_BROKER)]).await;
    let user = platform.user("user@example.com").await;
    let mut callers = JoinSet::new();
    let until = Instant::now() + Duration::from_secs(18);
    for _ in 0..24 {
        let user = user.clone();
        callers.spawn(async move {
            let (mut failures, mut longest) = (0, Duration::ZERO);
            while Instant::now() < until {
                let (status, time) = timed_get(&user, "/api/auth/me").await;
                assert!(matches!(status, 200 | 503), "{status}");
                failures += u32::from(status == 503);
                longest = longest.max(time);
            }
            (failures, longest)
        });
    }
    sleep(Duration::from_secs(1)).await;
    proxy.hang_connections();
    // The timeout of the running statements.
    sleep(Duration::from_millis(12_500)).await;
    for _ in 0..20 {
        let (status, time) = timed_get(&user, "/api/auth/me").await;
        assert_eq!(status, 200);
        assert!(time < FAST, "{time:?}");
    }
    let outcomes = callers.join_all().await;
    assert!(
        outcomes.iter().all(|(_, longest)| *longest < MAX_DURATION),
        "{outcomes:?}"
    );
    assert!(outcomes.iter().any(|(failures, _)| *failures > 0), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_pools_together_respect_the_connection_limit() {
    let settings = [("AMQP_URL", NO_BROKER), ("DATABASE_MAX_CONNECTIONS", "3")];
    let platform = Platform::with(&settings).await;
    let (artist, style) = platform.trained_style(20).await;
    let open = "SELECT count(*) AS n FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'stylelicense'";
    let until = Instant::now() + Duration::from_secs(3);
    let mut callers = JoinSet::new();
    for _ in 0..16 {
        let artist = artist.clone();
        callers.spawn(async move {
            while Instant::now() < until {
                artist.get("/api/auth/me").await.data(200);
                // A transaction that changes nothing, and a read after it.
                artist
                    .patch(&format!("/api/styles/{style}"), &json!({}))
                    .await
                    .data(200);
            }
        });
    }
    let mut most = 0;
    while Instant::now() < until {
        most = most.max(platform.count(open).await);
    }
    callers.join_all().await;
    assert!((2..=3).contains(&most), "{most} connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graceful_shutdown_loses_no_log_lines() {
    let mut platform = Platform::with_log(&[("RUST_LOG", "info")]).await;
    let client = platform.browser();
    let calls = (0..2000).map(|number| {
        let client = client.clone();
        async move { client.get(&format!("/api/nothing/{number}")).await }
    });
    timeout(TIMEOUT, at_once(calls)).await.expect("answers");
    let log = platform.stop_and_read_log().await;
    for number in 0..2000 {
        let path = format!("\"/api/nothing/{number}\"");
        assert!(
            log.lines()
                .any(|line| line.contains(&path) && line.contains("request answered")),
            "no line for request {number}"
        );
    }
    assert!(
        log.lines().all(|line| line.ends_with('}')),
        "every line is complete"
    );
    let last = log.lines().last().unwrap_or_default();
    assert!(last.contains("finishing background work"), "{last}");
}
