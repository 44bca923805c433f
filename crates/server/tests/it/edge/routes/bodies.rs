//! Invalid bodies.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use testkit::client::{Answer, Client};

use super::{MISSING_ID, assert_envelope, assert_headers, call};
use crate::support::{Platform, document::Operation};

/// Every route with a JSON body.
struct JsonRoutes {
    platform: Platform,
    user: Client,
    routes: Vec<Operation>,
}

impl JsonRoutes {
    async fn start() -> Self {
        let platform = Platform::start().await;
        let user = platform.user("visitor@example.com").await;
        let routes = platform
            .operations()
            .await
            .into_iter()
            .filter(|o| o.takes("application/json"))
            .collect();
        Self {
            platform,
            user,
            routes,
        }
    }

    /// Routes that refuse invalid bodies.
    fn strict(&self) -> impl Iterator<Item = &Operation> {
        self.routes.iter().filter(|route| !route.is_payment_event())
    }

    async fn send(&self, route: &Operation, with: impl Fn(RequestBuilder) -> RequestBuilder) -> Answer {
        let request = call(&self.user, route, &route.at(MISSING_ID));
        let answer = self.user.send(with(request)).await;
        assert_headers(&route.name(), &answer);
        assert_envelope(&route.name(), &answer);
        answer
    }

    async fn send_raw(&self, route: &Operation, body: impl Into<Vec<u8>>) -> Answer {
        let body: Vec<u8> = body.into();
        self.send(route, |request| {
            request
                .header("Content-Type", "application/json")
                .body(body.clone())
        })
        .await
    }
}

#[tokio::test]
async fn malformed_json_is_400() {
    let fixture = JsonRoutes::start().await;
    let deep = |left: &str, right: &str| format!("{}{}", left.repeat(10_000), right.repeat(10_000));
    let bodies: Vec<Vec<u8>> = vec![
        b"".into(),
        b"{".into(),
        b"{\"a\":}".into(),
        b"{} {}".into(),
        b"[]".into(),
        b"null".into(),
        b"\"text\"".into(),
        b"{'a':1}".into(),
        b"{\"a\":\"\xff\"}".into(),
        b"--x\r\n".into(),
        deep("[", "]").into(),
        deep("{\"a\":", "}").into(),
        format!("{{\"progress\":{}}}", deep("[", "]")).into(),
    ];
    for route in fixture.strict() {
        for body in &bodies {
            let answer = fixture.send_raw(route, body.clone()).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(30)]);
            assert_eq!(
                answer.status.as_u16(),
                400,
                "{} {shown}: {}",
                route.name(),
                answer.text
            );
            answer.error(400, "INVALID_REQUEST");
        }
    }
}

#[tokio::test]
async fn invalid_json_that_python_accepts_is_400_and_harmless_in_reports() {
    let fixture = JsonRoutes::start().await;
    for route in fixture.strict() {
        for body in [r#"{"a":"\ud800"}"#, r#"{"a":NaN}"#] {
            let answer = fixture.send_raw(route, body).await;
            // Reports of workers are parsed leniently, so only the missing id is an error.
            if route.is_for_workers() {
                answer.error(422, "VALIDATION_ERROR");
            } else {
                answer.error(400, "INVALID_REQUEST");
            }
        }
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let fixture = JsonRoutes::start().await;
    for route in &fixture.routes {
        // The upgrade accepts a data URL of 2 MB, a change of the profile one of 5 MB.
        let length = if route.path == "/api/users/me" {
            8_400_000
        } else {
            3_200_000
        };
        let body = json!({"artist_name": "x".repeat(length)}).to_string();
        let answer = fixture.send_raw(route, body).await;
        assert_eq!(answer.status.as_u16(), 413, "{}: {}", route.name(), answer.text);
        answer.error(413, "PAYLOAD_TOO_LARGE");
    }
}

#[tokio::test]
async fn a_compressed_body_is_415() {
    let fixture = JsonRoutes::start().await;
    for route in &fixture.routes {
        for encoding in ["gzip", "br", "identity, gzip"] {
            let answer = fixture
                .send(route, |request| {
                    request.header("Content-Encoding", encoding).json(&json!({}))
                })
                .await;
            answer.error(415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
}

/// Required fields of a route in the document.
fn required(document: &Value, route: &Operation) -> Vec<String> {
    let reference = route.described["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
    let name = reference
        .and_then(|reference| reference.rsplit('/').next())
        .expect("a named body");
    let fields = document["components"]["schemas"][name]["required"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    fields
        .iter()
        .map(|field| field.as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn all_invalid_fields_are_reported_at_once() {
    let fixture = JsonRoutes::start().await;
    let document = fixture.user.get("/api/openapi.json").await.json();
    for route in fixture.strict() {
        let required = required(&document, route);
        let answer = fixture.send_raw(route, "{}").await;
        // A change without fields is valid.
        if required.is_empty() {
            if route.has_path_parameter() {
                assert_eq!(answer.status.as_u16(), 404, "{}: {}", route.name(), answer.text);
            } else {
                answer.data(200);
            }
            continue;
        }
        let details = answer.error(422, "VALIDATION_ERROR");
        let named = details.as_object().expect("fields");
        assert!(
            named
                .values()
                .all(|message| message.as_str().is_some_and(|m| !m.is_empty())),
            "{details}"
        );
        // Reports of workers require only ids and URLs.
        let is_required =
            |field: &String| !route.is_for_workers() || field.ends_with("_id") || named.contains_key(field);
        for field in required.iter().filter(|field| is_required(field)) {
            assert!(
                named.contains_key(field),
                "{}: {field} is not reported in {details}",
                route.name()
            );
        }
    }
    let request_body =
        json!({"style_id": "7", "prompt_tags": [], "description": 5, "aspect_ratio": "16:9", "seed": -1});
    let details = fixture
        .user
        .post("/api/generations", &request_body)
        .await
        .error(422, "VALIDATION_ERROR");
    let mut named: Vec<&String> = details.as_object().expect("fields").keys().collect();
    named.sort();
    assert_eq!(
        named,
        ["aspect_ratio", "description", "prompt_tags", "seed", "style_id"]
    );
}

#[tokio::test]
async fn a_nul_in_a_text_is_422_and_harmless_in_reports() {
    let fixture = JsonRoutes::start().await;
    let (_artist, style) = fixture.platform.trained_style(10).await;
    let nul = "a\u{0}b";
    let request_body =
        json!({"style_id": style, "prompt_tags": ["sea"], "description": nul, "aspect_ratio": "1:1"});
    assert!(
        fixture
            .user
            .post("/api/generations", &request_body)
            .await
            .error(422, "VALIDATION_ERROR")["description"]
            .is_string()
    );
    let tags = json!({"style_id": style, "prompt_tags": ["sea", nul], "aspect_ratio": nul});
    let answer = fixture.user.post("/api/generations", &tags).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.text);
    for path in [
        "/api/styles?tags=a%00b",
        "/api/generations/feed?tags=%00",
        "/api/styles?sort=%00",
        "/api/styles?cursor=%00",
    ] {
        let answer = fixture.user.get(path).await;
        assert!(
            [400, 422].contains(&answer.status.as_u16()),
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        assert_envelope(path, &answer);
    }
    let generation = fixture.user.generate(style, "1:1").await.data(201)["id"].clone();
    let mut report = fixture.platform.completion(generation.as_i64().expect("an id"));
    report["metadata"] = json!({"note\u{0}": nul, "list": [nul]});
    assert_eq!(
        fixture.platform.report("inference/complete", &report).await["applied"],
        true
    );
    let failed = json!({"generation_id": generation, "error_code": nul, "error_message": nul});
    assert_eq!(
        fixture.platform.report("inference/failed", &failed).await["applied"],
        false
    );
}
