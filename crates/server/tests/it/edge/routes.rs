//! Properties of every documented route.

mod bodies;
mod paths;
mod queries;

use reqwest::{Method, RequestBuilder};
use testkit::client::{Answer, Client};
use uuid::Uuid;

use crate::support::{Platform, TOKEN, document::Operation};

/// An id that does not exist.
const MISSING_ID: i64 = 999_999_999;

/// Asserts the headers that every answer must have.
#[track_caller]
fn assert_headers(name: &str, answer: &Answer) {
    for (header, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY")] {
        assert_eq!(answer.header(header), value, "{name}: {:?}", answer.headers);
    }
    assert!(
        !answer.header("referrer-policy").is_empty(),
        "{name}: {:?}",
        answer.headers
    );
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{name}: {policy}"
    );
    assert!(
        Uuid::parse_str(answer.header("x-trace-id")).is_ok(),
        "{name}: {:?}",
        answer.headers
    );
    assert_eq!(
        answer.header("server"),
        "",
        "{name}: the server software is disclosed"
    );
}

/// Asserts that the body has exactly the fields of a success or an error.
#[track_caller]
fn assert_envelope(name: &str, answer: &Answer) {
    if answer.status.is_redirection() {
        return;
    }
    if answer.status == 204 {
        assert_eq!(answer.text, "", "{name}");
        return;
    }
    assert!(
        answer.header("content-type").starts_with("application/json"),
        "{name}: {:?}",
        answer.headers
    );
    let body = answer.json();
    let mut fields: Vec<&str> = body
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    if answer.status.is_success() {
        assert!(
            body["success"] == true && (fields == ["data", "success"] || fields == ["message", "success"]),
            "{name}: {body}"
        );
        return;
    }
    assert!(
        body["success"] == false && fields == ["error", "success"],
        "{name}: {body}"
    );
    let error = body["error"].as_object().expect("an error");
    let mut fields: Vec<&str> = error.keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["code", "details", "message"], "{name}");
    assert!(
        error["details"].is_null() || error["details"].is_object(),
        "{name}: {body}"
    );
    for word in ["SELECT", "sqlx", "panicked", "src/", "stack"] {
        assert!(!answer.text.contains(word), "{name}: {body}");
    }
}

/// A request with the credentials of a user and of a worker, for any route.
fn call(user: &Client, route: &Operation, path: &str) -> RequestBuilder {
    user.request(route.method.clone(), path)
        .bearer_auth(TOKEN)
        .header("X-Request-Source", route.source())
}

#[tokio::test]
async fn every_answer_has_a_trace_id_the_security_headers_and_the_envelope() {
    let platform = Platform::start().await;
    let (visitor, user) = (platform.browser(), platform.user("visitor@example.com").await);
    let mut seen = std::collections::HashSet::new();
    for route in platform.operations().await {
        for id in ["1", "999999999", "none"] {
            let path = route.at(id);
            let requests = [
                visitor.request_without_csrf(route.method.clone(), &path),
                call(&user, &route, &path),
            ];
            for request in requests {
                let answer = visitor.send(request).await;
                assert_headers(&route.name(), &answer);
                assert_envelope(&route.name(), &answer);
                assert!(
                    !answer.status.is_server_error(),
                    "{}: {}",
                    route.name(),
                    answer.text
                );
                let described = route.described["responses"].get(answer.status.as_str()).is_some();
                assert!(
                    described,
                    "{}: {} is not in the document",
                    route.name(),
                    answer.status
                );
                assert!(
                    seen.insert(answer.header("x-trace-id").to_owned()),
                    "a trace id was repeated"
                );
            }
        }
        // A route may have signed out.
        user.login("visitor@example.com").await;
    }
}

#[tokio::test]
async fn a_valid_request_id_is_used_as_trace_id() {
    let platform = Platform::start().await;
    let browser = platform.browser();
    let request_id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    for path in [
        "/api/styles",
        "/api/auth/me",
        "/api/nothing",
        "/docs/",
        "/api/openapi.json",
    ] {
        let answer = browser
            .send(
                browser
                    .request(Method::GET, path)
                    .header("X-Request-ID", request_id),
            )
            .await;
        assert_eq!(answer.header("x-trace-id"), request_id, "{path}");
        for bad in [
            "",
            "1",
            "../../etc",
            "0f8fad5b-d9cb-469f-a165-70867728950",
            "{0f8fad5b-d9cb-469f-a165-70867728950e}",
        ] {
            let answer = browser
                .send(browser.request(Method::GET, path).header("X-Request-ID", bad))
                .await;
            let id = answer.header("x-trace-id");
            assert!(id != bad && Uuid::parse_str(id).is_ok(), "{path} {bad}: {id}");
        }
    }
}

#[tokio::test]
async fn error_messages_follow_accept_language_and_codes_do_not() {
    let platform = Platform::start().await;
    let user = platform.user("visitor@example.com").await;
    let hangul = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    for route in platform.operations().await {
        let send_in = |language: &'static str| {
            let request = platform
                .browser()
                .request_without_csrf(route.method.clone(), &route.at(MISSING_ID));
            user.send(request.header("Accept-Language", language))
        };
        let (korean, english) = (
            send_in("ko-KR,ko;q=0.9,en;q=0.5").await,
            send_in("en-US,ko;q=0.2").await,
        );
        assert_eq!(korean.status, english.status, "{}", route.name());
        if korean.status.is_client_error() {
            let (korean, english) = (korean.json()["error"].clone(), english.json()["error"].clone());
            assert_eq!(korean["code"], english["code"], "{}", route.name());
            assert!(hangul(korean["message"].as_str().expect("text")), "{korean}");
            assert!(!hangul(english["message"].as_str().expect("text")), "{english}");
        }
    }
    let request = user
        .request(Method::POST, "/api/generations")
        .json(&serde_json::json!({}));
    let answer = user.send(request.header("Accept-Language", "ko")).await;
    let fields = answer.error(422, "VALIDATION_ERROR");
    for (field, message) in fields.as_object().expect("fields") {
        assert!(hangul(message.as_str().expect("text")), "{field}: {message}");
    }
}
