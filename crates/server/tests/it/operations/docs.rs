//! The documentation pages and the OpenAPI document.

use std::collections::BTreeSet;

use crate::support::{Platform, document::Operation};

/// Routes that must be documented.
const ROUTES: [&str; 27] = [
    "GET /api/health",
    "GET /api/health/live",
    "GET /api/auth/google/login",
    "GET /api/auth/google/callback",
    "GET /api/auth/me",
    "POST /api/auth/logout",
    "GET /api/users/{id}",
    "POST /api/users/me/upgrade-to-artist",
    "GET /api/tokens/balance",
    "GET /api/tokens/transactions",
    "GET /api/styles",
    "POST /api/styles",
    "GET /api/styles/{id}",
    "GET /api/styles/me",
    "POST /api/styles/{id}/retry-training",
    "GET /api/generations/{id}",
    "POST /api/generations",
    "GET /api/generations/me",
    "POST /api/generations/{id}/cancel",
    "GET /api/generations/feed",
    "PATCH /api/generations/{id}",
    "PATCH /api/webhooks/training/progress",
    "POST /api/webhooks/training/complete",
    "POST /api/webhooks/training/failed",
    "PATCH /api/webhooks/inference/progress",
    "POST /api/webhooks/inference/complete",
    "POST /api/webhooks/inference/failed",
];

#[tokio::test]
async fn the_document_is_openapi_3_1_and_has_every_route() {
    let platform = Platform::start().await;
    let answer = platform.browser().get("/api/openapi.json").await;
    assert!(answer.header("content-type").starts_with("application/json"));
    assert!(
        answer.json()["openapi"]
            .as_str()
            .expect("a version")
            .starts_with("3.1.")
    );
    let described: BTreeSet<String> = platform.operations().await.iter().map(Operation::name).collect();
    for route in ROUTES {
        assert!(described.contains(route), "{route} is not described");
    }
}

#[tokio::test]
async fn every_operation_describes_its_success_and_its_errors() {
    let platform = Platform::start().await;
    let document = platform.browser().get("/api/openapi.json").await.json();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for route in platform.operations().await {
        let name = route.name();
        assert!(
            route.described["summary"].is_string() || route.described["description"].is_string(),
            "{name}"
        );
        assert!(
            route.described["operationId"].is_string() && route.described["tags"][0].is_string(),
            "{name}"
        );
        let responses = route.described["responses"].as_object().expect("responses");
        let has = |status: &str| responses.contains_key(status);
        assert!(
            ["200", "201", "202", "204", "302"]
                .iter()
                .any(|status| has(status)),
            "{name} has no success"
        );
        if route.path != "/api/health/live" {
            assert!(has("400") && has("503"), "{name}: {:?}", responses.keys());
        }
        if route.has_path_parameter() {
            assert!(has("404"), "{name} is about one thing");
        }
        if route.takes("application/json") || route.takes("multipart/form-data") {
            let refused = has("422") || route.is_payment_event();
            assert!(has("413") && has("415") && refused, "{name} takes a body");
        }
        if route.is_list() {
            assert!(has("422"), "{name} has a limit");
        }
        if route.is_for_workers() {
            assert!(has("401") && has("404"), "{name} is for workers");
        } else if route.method != reqwest::Method::GET && !route.is_payment_event() {
            assert!(has("401") && has("403"), "{name} needs a session and its token");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let schema = response["content"]["application/json"]["schema"]["$ref"]
                .as_str()
                .unwrap_or_default();
            assert_eq!(schema, "#/components/schemas/ErrorBody", "{name} {status}");
            assert!(
                response["description"]
                    .as_str()
                    .is_some_and(|text| text.contains('`')),
                "{name} {status} names codes"
            );
        }
    }
    assert!(schemas.contains_key("ErrorBody"));
    assert_references(&document, &document);
}

/// Asserts that every reference of the document resolves.
fn assert_references(document: &serde_json::Value, part: &serde_json::Value) {
    match part {
        serde_json::Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(serde_json::Value::as_str) {
                let place = reference.strip_prefix('#').expect("inside the document");
                assert!(document.pointer(place).is_some(), "{reference} leads nowhere");
            }
            map.values().for_each(|value| assert_references(document, value));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| assert_references(document, value)),
        _ => {}
    }
}

#[tokio::test]
async fn the_pages_load_nothing_from_other_hosts() {
    let platform = Platform::start().await;
    let browser = platform.browser();
    let short = browser.get("/docs").await;
    assert!(short.status.is_redirection());
    assert_eq!(short.location(), "/docs/");
    let page = browser.get("/docs/").await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'),
        "{policy}"
    );
    let initializer = browser.get("/docs/swagger-initializer.js").await;
    assert!(initializer.text.contains("/api/openapi.json"));
    for text in [&page.text, &initializer.text] {
        for scheme in ["http://", "https://", "src=\"//", "href=\"//", "url(//"] {
            assert!(!text.contains(scheme), "refers to another host: {text}");
        }
    }
    // All files of the page are served below /docs/.
    let mut files: Vec<&str> = Vec::new();
    for attribute in ["src=\"", "href=\""] {
        files.extend(
            page.text
                .split(attribute)
                .skip(1)
                .filter_map(|rest| rest.split('"').next()),
        );
    }
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let path = format!("/docs/{}", file.trim_start_matches("./"));
        let answer = browser.get(&path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    browser.get("/docs/nothing.js").await.error(404, "NOT_FOUND");
    browser
        .get("/docs/../../etc/passwd")
        .await
        .error(404, "NOT_FOUND");
    browser
        .get("/docs/..%2f..%2fetc%2fpasswd")
        .await
        .error(404, "NOT_FOUND");
}
