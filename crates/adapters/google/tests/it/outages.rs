//! A provider that is away, that has new keys, or that does not behave like one.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::TimeDelta;
use domain::auth::LoginProvider;
use testkit::login::{Fault, TestProvider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::{Scene, login_with, rejection, unavailability};

#[tokio::test]
async fn a_provider_that_is_down_at_first_is_found_later() {
    let scene = Scene::with_fault(Fault::DiscoveryDown);
    for _ in 0..2 {
        assert!(unavailability(scene.login.begin(None).await).contains("503"));
    }
    let early = scene.login.finish("code", "nonce", "verifier").await;
    unavailability(early);
    scene.provider.set_fault(Fault::None);
    assert!(scene.log_in().await.is_ok());
}

#[tokio::test]
async fn a_provider_that_nobody_answers_for_is_unavailable() {
    let mut settings = TestProvider::start().unwrap().settings();
    "http://localhost:1".clone_into(&mut settings.issuer_url);
    unavailability(login_with(&settings).begin(None).await);
}

#[tokio::test]
async fn everybody_who_waits_for_a_silent_provider_waits_once() {
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
            assert_eq!(open.len(), 1, "the provider must be asked once");
        }
    };
    tokio::select! {
        () = waiting => {}
        () = accepted => {}
    }
}

#[tokio::test]
async fn what_is_known_stays_good_while_the_provider_cannot_be_discovered() {
    let scene = Scene::new();
    assert!(scene.log_in().await.is_ok());
    scene.provider.set_fault(Fault::DiscoveryDown);
    assert!(scene.log_in().await.is_ok());
    scene.clock.set_ahead(TimeDelta::hours(2));
    assert!(scene.login.begin(None).await.is_ok());
}

#[tokio::test]
async fn rotated_keys_are_found_by_asking_again() {
    let scene = Scene::new();
    assert!(scene.log_in().await.is_ok());
    scene.provider.rotate_keys().unwrap();
    assert!(scene.log_in().await.is_ok());
}

#[tokio::test]
async fn keys_that_do_not_fit_and_cannot_be_asked_for_are_no_rejection() {
    let scene = Scene::new();
    let (challenge, code) = scene.authorized().await;
    scene.provider.rotate_keys().unwrap();
    scene.provider.set_fault(Fault::DiscoveryDown);
    unavailability(scene.finish(&challenge, &code).await);
}

#[tokio::test]
async fn forged_tokens_make_us_ask_for_keys_once_a_minute() {
    let scene = Scene::with_fault(Fault::UnknownKey);
    rejection(scene.log_in().await);
    // New keys show whether the provider is asked.
    scene.provider.set_fault(Fault::None);
    scene.provider.rotate_keys().unwrap();
    rejection(scene.log_in().await);
    scene.clock.set_ahead(TimeDelta::seconds(61));
    assert!(scene.log_in().await.is_ok());
}

#[tokio::test]
async fn keys_are_asked_for_again_every_hour() {
    let scene = Scene::with_fault(Fault::UnknownKey);
    // Uses up the question that a signature may lead to.
    rejection(scene.log_in().await);
    scene.provider.set_fault(Fault::None);
    scene.provider.rotate_keys().unwrap();
    scene.clock.set_ahead(TimeDelta::minutes(59));
    scene.login.begin(None).await.unwrap();
    scene.clock.set_ahead(TimeDelta::zero());
    rejection(scene.log_in().await);

    scene.clock.set_ahead(TimeDelta::minutes(61));
    let (challenge, code) = scene.authorized().await;
    // Back at the provider's time, and from here on it answers no questions.
    scene.clock.set_ahead(TimeDelta::zero());
    scene.provider.set_fault(Fault::DiscoveryDown);
    assert!(scene.finish(&challenge, &code).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_names_another_issuer_is_not_believed() {
    let mut settings = TestProvider::start().unwrap().settings();
    let document = r#"{"issuer":"http://localhost:2"}"#;
    let (addr, server) = serve(answer("200 OK", document)).await;
    settings.issuer_url = issuer(addr);
    unavailability(login_with(&settings).begin(None).await);
    server.abort();

    // The same provider under another name: `127.0.0.1` is not `localhost`.
    let provider = TestProvider::start().unwrap();
    let mut settings = provider.settings();
    settings.issuer_url = settings.issuer_url.replace("localhost", "127.0.0.1");
    let reason = unavailability(login_with(&settings).begin(None).await);
    assert!(reason.contains("another issuer"), "{reason}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let provider = TestProvider::start().unwrap();
    let elsewhere = format!("{}/.well-known/openid-configuration", provider.issuer());
    let (addr, server) = serve(format!(
        "HTTP/1.1 302 Found\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    ))
    .await;
    let mut settings = provider.settings();
    settings.issuer_url = issuer(addr);
    let reason = unavailability(login_with(&settings).begin(None).await);
    assert!(reason.contains("302"), "{reason}");
    server.abort();
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let (addr, server) = serve(answer("200 OK", &" ".repeat(3 * 1024 * 1024))).await;
    let mut settings = TestProvider::start().unwrap().settings();
    settings.issuer_url = issuer(addr);
    let reason = unavailability(login_with(&settings).begin(None).await);
    assert!(reason.contains("longer than"), "{reason}");
    server.abort();
}

fn issuer(addr: SocketAddr) -> String {
    format!("http://localhost:{}", addr.port())
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

/// Answers every connection with the same bytes.
async fn serve(bytes: String) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            // A client that hangs up early is no fault of the server's.
            let _ = connection.read(&mut request).await;
            let _ = connection.write_all(bytes.as_bytes()).await;
        }
    });
    (addr, server)
}
