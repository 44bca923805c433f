//! Errors that many routes have in common, compared for each of them.

use futures_util::stream;
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::client::{Answer, Client};

use crate::{
    edge::authorization::{AuthorizationFixture, SETTINGS},
    support::{Platform, TOKEN, answers::assert_error, document::Operation, fixture::at_once},
};

/// Answers that a test below compares for all routes that document them.
const COMMON_ANSWERS: [&str; 9] = [
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

/// The 503 of this route has details.
const HEALTH: &str = "/api/health";

pub(super) fn common_answers(route: &Operation) -> Vec<String> {
    let mut answers = route.answers();
    answers.retain(|answer| COMMON_ANSWERS.contains(&answer.as_str()) && documents(route, answer));
    answers
}

fn documents(route: &Operation, answer: &str) -> bool {
    route.answers().iter().any(|documented| documented == answer)
        && (route.path != HEALTH || answer != "503 SERVICE_UNAVAILABLE")
}

async fn routes_with(platform: &Platform, answer: &str) -> Vec<Operation> {
    assert!(COMMON_ANSWERS.contains(&answer), "{answer}");
    let mut routes = platform.operations().await;
    routes.retain(|route| documents(route, answer));
    assert!(!routes.is_empty(), "no route documents {answer}");
    routes
}

fn assert_common_error(route: &Operation, answer: &Answer, status: u16, code: &str) {
    let shown = format!("{} {}: {}", route.name(), answer.status, answer.text);
    assert_eq!(answer.error_code().as_deref(), Some(code), "{shown}");
    assert_error(answer, status, code, &Value::Null);
}

#[tokio::test]
async fn every_route_documents_the_common_errors() {
    for route in Platform::start().await.operations().await {
        let has_session = route.described["security"].to_string().contains("\"session\"");
        let changes = has_session && route.method != Method::GET;
        let has_body = route.described.get("requestBody").is_some();
        for (required, answers) in [
            (true, &["400 INVALID_REQUEST"][..]),
            (
                has_session && !route.is_anonymous(),
                &["401 UNAUTHORIZED", "401 SESSION_EXPIRED"],
            ),
            (changes, &["403 CSRF_FAILED"]),
            (route.is_list(), &["400 INVALID_CURSOR", "422 VALIDATION_ERROR"]),
            (has_body, &["413 PAYLOAD_TOO_LARGE", "415 UNSUPPORTED_MEDIA_TYPE"]),
            (has_body && !route.is_payment_event(), &["422 VALIDATION_ERROR"]),
        ] {
            let documented = route.answers();
            for answer in answers.iter().filter(|_| required) {
                assert!(
                    documented.iter().any(|name| name == answer),
                    "{}: {answer} is not documented",
                    route.name()
                );
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_host_is_400() {
    let mut settings = SETTINGS.to_vec();
    settings.push(("ALLOWED_HOSTS", "localhost"));
    let platform = Platform::with(&settings).await;
    let browser = platform.browser();
    for route in routes_with(&platform, "400 INVALID_REQUEST").await {
        let request = browser.request(route.method.clone(), &route.at(1));
        let answer = browser.send(request.header("Host", "evil.example.net")).await;
        assert_common_error(&route, &answer, 400, "INVALID_REQUEST");
        let message = &answer.json()["error"]["message"];
        assert_eq!(message, "The Host header names no host of this API.");
    }
}

#[tokio::test]
async fn an_invalid_cursor_is_400_in_every_list() {
    let fixture = AuthorizationFixture::start().await;
    for route in routes_with(&fixture.platform, "400 INVALID_CURSOR").await {
        assert!(route.is_list(), "{}", route.name());
        let path = format!("{}?cursor=none", fixture.working_path(&route));
        let reader = fixture.working_client(&route).await;
        assert_common_error(&route, &reader.get(&path).await, 400, "INVALID_CURSOR");
    }
}

#[tokio::test]
async fn a_call_without_credentials_is_401() {
    let fixture = AuthorizationFixture::start().await;
    let anonymous = fixture.platform.browser();
    for route in routes_with(&fixture.platform, "401 UNAUTHORIZED").await {
        let request = anonymous.request(route.method.clone(), &fixture.working_path(&route));
        let answer = anonymous.send(request.json(&json!({}))).await;
        assert_common_error(&route, &answer, 401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn an_expired_session_is_401() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    fixture
        .platform
        .execute("UPDATE sessions SET expires_at = now() - interval '1 second'")
        .await;
    for route in routes_with(&fixture.platform, "401 SESSION_EXPIRED").await {
        let answer = owner.send(fixture.working_call(&owner, &route)).await;
        assert_common_error(&route, &answer, 401, "SESSION_EXPIRED");
    }
}

#[tokio::test]
async fn a_change_without_csrf_token_is_403() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    for route in routes_with(&fixture.platform, "403 CSRF_FAILED").await {
        let request = owner.request_without_csrf(route.method.clone(), &fixture.working_path(&route));
        let answer = owner.send(request).await;
        assert_common_error(&route, &answer, 403, "CSRF_FAILED");
    }
}

/// A request with this `Content-Type`, whose body the caller has to add.
fn with_content_type(
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
async fn an_oversized_body_is_413() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    for route in routes_with(&fixture.platform, "413 PAYLOAD_TOO_LARGE").await {
        for media in ["application/json", "multipart/form-data"] {
            if !route.takes(media) {
                continue;
            }
            // The body is never sent, because the declared length is refused.
            let endless = Body::wrap_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
            let request = with_content_type(&fixture, &owner, &route, &format!("{media}; boundary=b"))
                .header("Content-Length", 3_000_000_000_u64)
                .body(endless);
            assert_common_error(&route, &owner.send(request).await, 413, "PAYLOAD_TOO_LARGE");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_media_type_is_415() {
    let fixture = AuthorizationFixture::start().await;
    let owner = fixture.owner().await;
    for route in routes_with(&fixture.platform, "415 UNSUPPORTED_MEDIA_TYPE").await {
        let request = with_content_type(&fixture, &owner, &route, "text/plain").body("{}");
        assert_common_error(&route, &owner.send(request).await, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[tokio::test]
async fn an_internal_error_is_500_without_details() {
    let fixture = AuthorizationFixture::start().await;
    let mut calls = Vec::new();
    for route in routes_with(&fixture.platform, "500 INTERNAL_SERVER_ERROR").await {
        let caller = fixture.working_client(&route).await;
        let request = fixture.working_call(&caller, &route);
        calls.push((route, caller, request));
    }
    // Renames all tables that are not needed to load the session.
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
        assert_common_error(&route, &answer, 500, "INTERNAL_SERVER_ERROR");
    }
}

#[tokio::test]
async fn every_route_is_503_without_the_database() {
    let (platform, database) = Platform::with_database_proxy(SETTINGS).await;
    let fixture = AuthorizationFixture::on(platform).await;
    let routes = routes_with(&fixture.platform, "503 SERVICE_UNAVAILABLE").await;
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
        assert_common_error(route, answer, 503, "SERVICE_UNAVAILABLE");
    }
}
