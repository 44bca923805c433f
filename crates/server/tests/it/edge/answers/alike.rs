//! What all routes of a kind answer alike, compared for every one of them.

use futures_util::stream;
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::client::{Answer, Client};

use crate::{
    edge::authorization::{SETTINGS, Site},
    support::{Platform, TOKEN, document::Operation, expect::assert_error, stage::at_once},
};

/// The answers compared here; each of a test below.
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

/// Its 503 tells more than others'.
const HEALTH: &str = "/api/health";

/// The answers of a route that are compared here.
pub(super) fn shown(route: &Operation) -> Vec<String> {
    let mut answers = route.answers();
    answers.retain(|answer| ALIKE.contains(&answer.as_str()) && named(route, answer));
    answers
}

fn named(route: &Operation, answer: &str) -> bool {
    route.answers().iter().any(|known| known == answer)
        && (route.path != HEALTH || answer != "503 SERVICE_UNAVAILABLE")
}

/// The routes that name an answer.
async fn naming(platform: &Platform, answer: &str) -> Vec<Operation> {
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
    for route in naming(&platform, "400 INVALID_REQUEST").await {
        let request = browser.request(route.method.clone(), &route.at(1));
        let answer = browser.send(request.header("Host", "evil.example.net")).await;
        compare(&route, &answer, 400, "INVALID_REQUEST");
        let message = &answer.json()["error"]["message"];
        assert_eq!(message, "The Host header names no host of this API.");
    }
}

#[tokio::test]
async fn a_cursor_of_no_list_is_400_in_every_list() {
    let site = Site::open().await;
    for route in naming(&site.platform, "400 INVALID_CURSOR").await {
        assert!(route.is_list(), "{}", route.name());
        let path = format!("{}?cursor=none", site.working_path(&route));
        let reader = site.caller(&route).await;
        compare(&route, &reader.get(&path).await, 400, "INVALID_CURSOR");
    }
}

#[tokio::test]
async fn nobody_and_no_worker_is_401() {
    let site = Site::open().await;
    let nobody = site.platform.browser();
    for route in naming(&site.platform, "401 UNAUTHORIZED").await {
        let request = nobody.request(route.method.clone(), &site.working_path(&route));
        let answer = nobody.send(request.json(&json!({}))).await;
        compare(&route, &answer, 401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_session_that_is_over_is_401() {
    let site = Site::open().await;
    let owner = site.owner().await;
    site.platform
        .execute("UPDATE sessions SET expires_at = now() - interval '1 second'")
        .await;
    for route in naming(&site.platform, "401 SESSION_EXPIRED").await {
        let answer = owner.send(site.working_call(&owner, &route)).await;
        compare(&route, &answer, 401, "SESSION_EXPIRED");
    }
}

#[tokio::test]
async fn a_change_without_its_token_is_403() {
    let site = Site::open().await;
    let owner = site.owner().await;
    for route in naming(&site.platform, "403 CSRF_FAILED").await {
        let request = owner.bare_request(route.method.clone(), &site.working_path(&route));
        let answer = owner.send(request).await;
        compare(&route, &answer, 403, "CSRF_FAILED");
    }
}

/// The head of a call that comes with a body of some media type.
fn with_body(site: &Site, owner: &Client, route: &Operation, media: &str) -> RequestBuilder {
    let request = owner.request(route.method.clone(), &site.working_path(route));
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
    let site = Site::open().await;
    let owner = site.owner().await;
    for route in naming(&site.platform, "413 PAYLOAD_TOO_LARGE").await {
        for media in ["application/json", "multipart/form-data"] {
            if !route.takes(media) {
                continue;
            }
            // Its length alone decides: nothing of it is ever sent.
            let never = Body::wrap_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
            let request = with_body(&site, &owner, &route, &format!("{media}; boundary=b"))
                .header("Content-Length", 3_000_000_000_u64)
                .body(never);
            compare(&route, &owner.send(request).await, 413, "PAYLOAD_TOO_LARGE");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_media_type_is_415() {
    let site = Site::open().await;
    let owner = site.owner().await;
    for route in naming(&site.platform, "415 UNSUPPORTED_MEDIA_TYPE").await {
        let request = with_body(&site, &owner, &route, "text/plain").body("{}");
        compare(&route, &owner.send(request).await, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[tokio::test]
async fn a_fault_of_ours_is_500_and_tells_nothing() {
    let site = Site::open().await;
    let mut calls = Vec::new();
    for route in naming(&site.platform, "500 INTERNAL_SERVER_ERROR").await {
        let caller = site.caller(&route).await;
        let request = site.working_call(&caller, &route);
        calls.push((route, caller, request));
    }
    // What tells who is signed in stays: behind that, nothing is where it was.
    site.platform
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
    let (platform, database) = Platform::behind_a_proxy(SETTINGS).await;
    let site = Site::on(platform).await;
    let routes = naming(&site.platform, "503 SERVICE_UNAVAILABLE").await;
    let owner = site.owner().await;
    database.cut();
    let calls = routes.iter().map(|route| {
        let (owner, request) = (owner.clone(), site.working_call(&owner, route));
        async move { owner.send(request).await }
    });
    let answers = at_once(calls.collect::<Vec<_>>()).await;
    assert_eq!(answers.len(), routes.len());
    for answer in &answers {
        let route = routes
            .iter()
            .find(|route| route.method == answer.method && site.working_path(route) == answer.path)
            .expect("a route");
        compare(route, answer, 503, "SERVICE_UNAVAILABLE");
    }
}
