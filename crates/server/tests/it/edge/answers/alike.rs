//! Errors that all routes of a kind have in common, compared for each of them.

use futures_util::stream;
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::client::{Answer, Client};

use crate::{
    edge::authorization::{AuthorizationFixture, SETTINGS},
    support::{Platform, TOKEN, answers::assert_error, document::Operation, fixture::at_once},
};

/// The answers that a test below compares for all routes that name them.
const ALIKE: [&str; 9] = [
    "400 INVALID_REQUEST",
    "400 INVALID_CURSOR",
    "401 UNAUTHORIZED",
    "401 SESSION_EXPIRED",
    "403 CSRF_FAILED",
    "413 PAYLOAD_TOO_LARGE",
    "415 UNSUPPORTED_MEDIA_TYPE",
    "500 INTERNAL_SERVER_ERROR",
    "503 SERVICE_UNAVAILABLE",
];

/// Its 503 has details.
const HEALTH: &str = "/api/health";

pub(super) fn compared(route: &Operation) -> Vec<String> {
    let mut answers = route.answers();
    answers.retain(|answer| ALIKE.contains(&answer.as_str()) && named(route, answer));
    answers
}

fn named(route: &Operation, answer: &str) -> bool {
    route.answers().iter().any(|known| known == answer)
        && (route.path != HEALTH || answer != "503 SERVICE_UNAVAILABLE")
}

async fn routes_naming(platform: &Platform, answer: &str) -> Vec<Operation> {
    assert!(ALIKE.contains(&answer), "{answer}");
    let mut routes = platform.operations().await;
    routes.retain(|route| named(route, answer));
    assert!(!routes.is_empty(), "no route names {answer}");
    routes
}

/// Asserts the whole error of a route.
fn compare(route: &Operation, answer: &Answer, status: u16, code: &str) {
    let shown = format!("{} {}: {}", route.name(), answer.status, answer.text);
    assert_eq!(answer.error_code().as_deref(), Some(code), "{shown}");
    assert_error(answer, status, code, &Value::Null);
}

#[tokio::test]
async fn every_route_names_what_all_of_its_kind_answer() {
    for route in Platform::start().await.operations().await {
        let has_session = route.described["security"].to_string().contains("\"session\"");
        let changes = has_session && route.method != Method::GET;
        let takes = route.described.get("requestBody").is_some();
        for (needed, answers) in [
            (true, &["400 INVALID_REQUEST"][..]),
            (
                has_session && !route.is_open(),
                &["401 UNAUTHORIZED", "401 SESSION_EXPIRED"],
            ),
            (changes, &["403 CSRF_FAILED"]),
            (route.is_list(), &["400 INVALID_CURSOR", "422 VALIDATION_ERROR"]),
            (takes, &["413 PAYLOAD_TOO_LARGE", "415 UNSUPPORTED_MEDIA_TYPE"]),
            (takes && !route.is_payment_event(), &["422 VALIDATION_ERROR"]),
        ] {
            let known = route.answers();
            for answer in answers.iter().filter(|_| needed) {
                assert!(
                    known.iter().any(|name| name == answer),
                    "{}: the document does not name {answer}",
                    route.name()
                );
            }
        }
    }
}

#[tokio::test]
async fn a_foreign_host_is_400_everywhere() {
    let mut settings = SETTINGS.to_vec();
    settings.push(("ALLOWED_HOSTS", "localhost"));
    let platform = Platform::with(&settings).await;
    let browser = platform.browser();
    for route in routes_naming(&platform, "400 INVALID_REQUEST").await {
        let request = browser.request(route.method.clone(), &route.at(1));
        let answer = browser.send(request.header("Host", "evil.example.net")).await;
        compare(&route, &answer, 400, "INVALID_REQUEST");
        let message = &answer.json()["error"]["message"];
        assert_eq!(message, "The Host header names no host of this API.");
    }
}

#[tokio::test]
async fn a_cursor_of_no_list_is_400_in_every_list() {
    let fixture = AuthorizationFixture::start().await;
    for route in routes_naming(&fixture.platform, "400 INVALID_CURSOR").await {
        assert!(route.is_list(), "{}", route.name());
        let path = format!("{}?cursor=none", fixture.working_path(&route));
        let reader = fixture.working_client(&route).await;
        compare(&route, &reader.get(&path).await, 400, "INVALID_CURSOR");
    }
}

#[tokio::test]
async fn nobody_and_no_worker_is_401() {
    let fixture = AuthorizationFixture::start().await;
    let nobody = fixture.platform.browser();
    for route in routes_naming(&fixture.platform, "401 UNAUTHORIZED").await {
        let request = nobody.request(route.method.clone(), &fixture.working_path(&route));
        let answer = nobody.send(request.json(&json!({}))).await;
        compare(&route, &answer, 401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_session_that_is_over_is_401() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    fixture
        .platform
        .execute("UPDATE sessions SET expires_at = now() - interval '1 second'")
        .await;
    for route in routes_naming(&fixture.platform, "401 SESSION_EXPIRED").await {
        let answer = owner.send(fixture.working_call(&owner, &route)).await;
        compare(&route, &answer, 401, "SESSION_EXPIRED");
    }
}

#[tokio::test]
async fn a_change_without_its_token_is_403() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    for route in routes_naming(&fixture.platform, "403 CSRF_FAILED").await {
        let request = owner.bare_request(route.method.clone(), &fixture.working_path(&route));
        let answer = owner.send(request).await;
        compare(&route, &answer, 403, "CSRF_FAILED");
    }
}

/// A request with a body of this media type, without the body.
fn with_body(
    fixture: &AuthorizationFixture,
    owner: &Client,
    route: &Operation,
    media: &str,
) -> RequestBuilder {
    let request = owner.request(route.method.clone(), &fixture.working_path(route));
    let request = if route.is_for_workers() {
        request
            .bearer_auth(TOKEN)
            .header("X-Request-Source", route.source())
    } else {
        request
    };
    request.header("Content-Type", media.to_owned())
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    for route in routes_naming(&fixture.platform, "413 PAYLOAD_TOO_LARGE").await {
        for media in ["application/json", "multipart/form-data"] {
            if !route.takes(media) {
                continue;
            }
            // The body is never sent: the declared length alone is refused.
            let never = Body::wrap_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
            let request = with_body(&fixture, &owner, &route, &format!("{media}; boundary=b"))
                .header("Content-Length", 3_000_000_000_u64)
                .body(never);
            compare(&route, &owner.send(request).await, 413, "PAYLOAD_TOO_LARGE");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_media_type_is_415() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    for route in routes_naming(&fixture.platform, "415 UNSUPPORTED_MEDIA_TYPE").await {
        let request = with_body(&fixture, &owner, &route, "text/plain").body("{}");
        compare(&route, &owner.send(request).await, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[tokio::test]
async fn a_fault_of_ours_is_500_and_tells_nothing() {
    let fixture = AuthorizationFixture::start().await;
    let mut calls = Vec::new();
    for route in routes_naming(&fixture.platform, "500 INTERNAL_SERVER_ERROR").await {
        let caller = fixture.working_client(&route).await;
        let request = fixture.working_call(&caller, &route);
        calls.push((route, caller, request));
    }
    // Renames every table that is not needed to read the session.
    fixture
        .platform
        .execute(
            "DO $$ DECLARE name text; BEGIN
               FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
                           AND tablename NOT IN ('sessions', 'users', 'artists') LOOP
                 EXECUTE format('ALTER TABLE %I RENAME TO %I', name, name || '_gone');
               END LOOP;
             END $$",
        )
        .await;
    for (route, caller, request) in calls {
        let answer = caller.send(request).await;
        compare(&route, &answer, 500, "INTERNAL_SERVER_ERROR");
    }
}

#[tokio::test]
async fn without_its_database_every_route_is_503() {
    let (platform, database) = Platform::with_database_proxy(SETTINGS).await;
    let fixture = AuthorizationFixture::on(platform).await;
    let routes = routes_naming(&fixture.platform, "503 SERVICE_UNAVAILABLE").await;
    let owner = fixture.owner().await;
    database.cut();
    let calls = routes.iter().map(|route| {
        let (owner, request) = (owner.clone(), fixture.working_call(&owner, route));
        async move { owner.send(request).await }
    });
    let answers = at_once(calls.collect::<Vec<_>>()).await;
    assert_eq!(answers.len(), routes.len());
    for answer in &answers {
        let route = routes
            .iter()
            .find(|route| route.method == answer.method && fixture.working_path(route) == answer.path)
            .expect("a route");
        compare(route, answer, 503, "SERVICE_UNAVAILABLE");
    }
}
