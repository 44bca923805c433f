//! The provider is down, rotates its keys, or sends invalid responses.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::TimeDelta;
use domain::auth::LoginProvider;
use testkit::login::{Fault, TestProvider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::{Fixture, login_with, rejection, unavailability};

#[tokio::test]
async fn a_provider_that_is_down_at_the_start_is_discovered_later() {
    let fixture = Fixture::with_fault(Fault::DiscoveryDown);
    for _ in 0..2 {
        assert!(unavailability(fixture.login.begin(None).await).contains("503"));
    }
    let early = fixture.login.finish("code", "nonce", "verifier").await;
    unavailability(early);
    fixture.provider.set_fault(Fault::None);
    assert!(fixture.log_in().await.is_ok());
}

#[tokio::test]
async fn a_refused_connection_is_unavailable() {
    let mut settings = TestProvider::start().unwrap().settings();
    "http://localhost:1".clone_into(&mut settings.issuer_url);
    unavailability(login_with(&settings).begin(None).await);
}

#[tokio::test]
async fn concurrent_logins_share_one_discovery_timeout() {
    let mut settings = TestProvider::start().unwrap().settings();
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    settings.issuer_url = issuer(silent.local_addr().unwrap());
    settings.timeout = Duration::from_millis(500);
    let login = login_with(&settings);
    let waiting = async {
        let (a, b, c) = tokio::join!(login.begin(None), login.begin(None), login.begin(None));
        for outcome in [a, b, c] {
            unavailability(outcome);
        }
    };
    let accepted = async {
        let mut open = Vec::new();
        loop {
            open.push(silent.accept().await.unwrap());
            assert_eq!(open.len(), 1, "there must be one request");
        }
    };
    tokio::select! {
        () = waiting => {}
        () = accepted => {}
    }
}

#[tokio::test]
async fn the_cached_discovery_result_is_used_while_discovery_fails() {
    let fixture = Fixture::new();
    assert!(fixture.log_in().await.is_ok());
    fixture.provider.set_fault(Fault::DiscoveryDown);
    assert!(fixture.log_in().await.is_ok());
    fixture.clock.set_offset(TimeDelta::hours(2));
    assert!(fixture.login.begin(None).await.is_ok());
}

#[tokio::test]
async fn rotated_keys_are_fetched_during_a_login() {
    let fixture = Fixture::new();
    assert!(fixture.log_in().await.is_ok());
    fixture.provider.rotate_keys().unwrap();
    assert!(fixture.log_in().await.is_ok());
}

#[tokio::test]
async fn an_unknown_key_while_discovery_fails_is_unavailable_not_rejected() {
    let fixture = Fixture::new();
    let (challenge, code) = fixture.authorized().await;
    fixture.provider.rotate_keys().unwrap();
    fixture.provider.set_fault(Fault::DiscoveryDown);
    unavailability(fixture.finish(&challenge, &code).await);
}

#[tokio::test]
async fn forged_tokens_refresh_the_keys_at_most_once_a_minute() {
    let fixture = Fixture::with_fault(Fault::UnknownKey);
    rejection(fixture.log_in().await);
    // With new keys, a login succeeds only after a refresh.
    fixture.provider.set_fault(Fault::None);
    fixture.provider.rotate_keys().unwrap();
    rejection(fixture.log_in().await);
    fixture.clock.set_offset(TimeDelta::seconds(61));
    assert!(fixture.log_in().await.is_ok());
}

#[tokio::test]
async fn keys_are_refreshed_every_hour() {
    let fixture = Fixture::with_fault(Fault::UnknownKey);
    // Uses up the refresh for an unknown key, which is allowed once a minute.
    rejection(fixture.log_in().await);
    fixture.provider.set_fault(Fault::None);
    fixture.provider.rotate_keys().unwrap();
    fixture.clock.set_offset(TimeDelta::minutes(59));
    fixture.login.begin(None).await.unwrap();
    fixture.clock.set_offset(TimeDelta::zero());
    rejection(fixture.log_in().await);

    fixture.clock.set_offset(TimeDelta::minutes(61));
    let (challenge, code) = fixture.authorized().await;
    // Back to the provider's time; from here on discovery fails.
    fixture.clock.set_offset(TimeDelta::zero());
    fixture.provider.set_fault(Fault::DiscoveryDown);
    assert!(fixture.finish(&challenge, &code).await.is_ok());
}

#[tokio::test]
async fn a_discovery_document_with_another_issuer_is_refused() {
    let mut settings = TestProvider::start().unwrap().settings();
    let document = r#"{"issuer":"http://localhost:2"}"#;
    let (addr, server) = serve(response("200 OK", document)).await;
    settings.issuer_url = issuer(addr);
    unavailability(login_with(&settings).begin(None).await);
    server.abort();

    // The same provider under another host name.
    let provider = TestProvider::start().unwrap();
    let mut settings = provider.settings();
    settings.issuer_url = settings.issuer_url.replace("localhost", "127.0.0.1");
    let reason = unavailability(login_with(&settings).begin(None).await);
    assert!(reason.contains("another issuer"), "{reason}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let provider = TestProvider::start().unwrap();
    let target = format!("{}/.well-known/openid-configuration", provider.issuer());
    let (addr, server) = serve(format!(
        "HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    ))
    .await;
    let mut settings = provider.settings();
    settings.issuer_url = issuer(addr);
    let reason = unavailability(login_with(&settings).begin(None).await);
    assert!(reason.contains("302"), "{reason}");
    server.abort();
}

#[tokio::test]
async fn a_response_above_the_size_limit_is_not_read_completely() {
    let (addr, server) = serve(response("200 OK", &" ".repeat(3 * 1024 * 1024))).await;
    let mut settings = TestProvider::start().unwrap().settings();
    settings.issuer_url = issuer(addr);
    let reason = unavailability(login_with(&settings).begin(None).await);
    assert!(reason.contains("longer than"), "{reason}");
    server.abort();
}

fn issuer(addr: SocketAddr) -> String {
    format!("http://localhost:{}", addr.port())
}

fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

/// Sends the same bytes to every connection.
async fn serve(bytes: String) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            // The client may close the connection early.
            let _ = connection.read(&mut request).await;
            let _ = connection.write_all(bytes.as_bytes()).await;
        }
    });
    (addr, server)
}
