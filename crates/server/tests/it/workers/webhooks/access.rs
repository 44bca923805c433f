//! Authentication and validation of reports.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::client::{Answer, Client, WorkerClient};

use crate::support::{
    NO_BROKER, Platform, TOKEN,
    fixture::{Fixture, failure_report, progress_report},
};

/// A valid report for each of the six webhooks.
pub fn reports(platform: &Platform, style: i64, generation: i64) -> [(&'static str, Value); 6] {
    let model = format!(
        "s3://{}/models/style-{style}/adapter_model.safetensors",
        platform.storage.private_bucket
    );
    let epochs =
        json!({"current_epoch": 1, "total_epochs": 2, "progress_percent": 50.0, "estimated_seconds": 9});
    [
        (
            "training/progress",
            json!({"style_id": style, "progress": epochs}),
        ),
        (
            "training/complete",
            json!({"style_id": style, "model_path": model, "training_metric": {"loss": 0.1}}),
        ),
        (
            "training/failed",
            json!({"style_id": style, "error_message": "out of memory", "error_code": "GPU_OOM"}),
        ),
        ("inference/progress", progress_report(generation, 10)),
        ("inference/complete", platform.completion(generation)),
        ("inference/failed", failure_report(generation, "GPU_OOM")),
    ]
}

async fn call(platform: &Platform, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let client: Client = platform.browser();
    let method = if path.ends_with("progress") {
        Method::PATCH
    } else {
        Method::POST
    };
    let mut request = client
        .request_without_csrf(method, &format!("/api/webhooks/{path}"))
        .json(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request).await
}

fn source_of(path: &str) -> &'static str {
    if path.starts_with("training") {
        "training-server"
    } else {
        "inference-server"
    }
}

#[tokio::test]
async fn w1_a_report_with_a_wrong_token_or_source_is_401_and_writes_nothing() {
    let fixture = Fixture::start(10).await;
    let (_, style) = fixture.untrained_style().await;
    let generation = fixture.create_generation().await;
    let before = fixture.platform.snapshot().await;
    let right = format!("Bearer {TOKEN}");
    let longer = format!("Bearer {TOKEN}x");
    let shorter = format!("Bearer {}", &TOKEN[..TOKEN.len() - 1]);
    let basic = format!("Basic {TOKEN}");
    for (path, body) in reports(&fixture.platform, style, generation) {
        let source = source_of(path);
        let other = if source == "training-server" {
            "inference-server"
        } else {
            "training-server"
        };
        let unauthorized: [&[(&str, &str)]; 11] = [
            &[],
            &[("X-Request-Source", source)],
            &[("Authorization", "Bearer "), ("X-Request-Source", source)],
            &[("Authorization", "Bearer guess"), ("X-Request-Source", source)],
            &[("Authorization", &longer), ("X-Request-Source", source)],
            &[("Authorization", &shorter), ("X-Request-Source", source)],
            &[("Authorization", &basic), ("X-Request-Source", source)],
            &[("Authorization", TOKEN), ("X-Request-Source", source)],
            &[("Authorization", &right)],
            &[("Authorization", &right), ("X-Request-Source", other)],
            &[("Authorization", &right), ("X-Request-Source", "web-client")],
        ];
        for headers in unauthorized {
            call(&fixture.platform, path, headers, &body)
                .await
                .error(401, "UNAUTHORIZED");
        }
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn w1_a_report_is_authenticated_before_it_is_parsed() {
    let platform = Platform::start().await;
    let client = platform.browser();
    let request = client
        .request_without_csrf(Method::POST, "/api/webhooks/inference/complete")
        .body("{oops");
    client.send(request).await.error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn w1_a_session_does_not_authenticate_reports() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    let report = fixture.platform.completion(generation);
    fixture
        .user
        .post("/api/webhooks/inference/complete", &report)
        .await
        .error(401, "UNAUTHORIZED");
    assert_eq!(fixture.generation(generation).await["status"], "queued");
}

#[tokio::test]
async fn w2_during_a_rotation_both_tokens_are_accepted_and_a_retired_one_refused() {
    const PREVIOUS: &str = "test-internal-token-before-the-rotation";
    const RETIRED: &str = "test-internal-token-of-long-ago-0123456";
    let report = json!({"generation_id": 1, "progress": {}});
    let rotating =
        Platform::with(&[("AMQP_URL", NO_BROKER), ("INTERNAL_API_TOKEN_PREVIOUS", PREVIOUS)]).await;
    for token in [TOKEN, PREVIOUS] {
        let worker = WorkerClient::new(&rotating.base, token);
        worker
            .report("inference/progress", &report)
            .await
            .error(404, "GENERATION_NOT_FOUND");
    }
    let worker = WorkerClient::new(&rotating.base, RETIRED);
    worker
        .report("inference/progress", &report)
        .await
        .error(401, "UNAUTHORIZED");

    let rotated = Platform::start().await;
    let worker = WorkerClient::new(&rotated.base, PREVIOUS);
    worker
        .report("inference/progress", &report)
        .await
        .error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn reports_are_accepted_from_allowed_ips_only() {
    let report = json!({"generation_id": 1, "progress": {}});
    let bearer = format!("Bearer {TOKEN}");
    let forwarded_for = ("X-Forwarded-For", "203.0.113.7");
    let headers: [(&str, &str); 2] = [
        ("Authorization", &bearer),
        ("X-Request-Source", "inference-server"),
    ];

    let elsewhere =
        Platform::with(&[("AMQP_URL", NO_BROKER), ("WEBHOOK_ALLOWED_IPS", "203.0.113.0/24")]).await;
    call(&elsewhere, "inference/progress", &headers, &report)
        .await
        .error(401, "UNAUTHORIZED");
    let forged = [&headers[..], &[forwarded_for]].concat();
    call(&elsewhere, "inference/progress", &forged, &report)
        .await
        .error(401, "UNAUTHORIZED");

    let proxied = [
        ("AMQP_URL", NO_BROKER),
        ("WEBHOOK_ALLOWED_IPS", "203.0.113.0/24"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let proxied = Platform::with(&proxied).await;
    call(&proxied, "inference/progress", &forged, &report)
        .await
        .error(404, "GENERATION_NOT_FOUND");
    call(&proxied, "inference/progress", &headers, &report)
        .await
        .error(401, "UNAUTHORIZED");

    let here = Platform::with(&[
        ("AMQP_URL", NO_BROKER),
        ("WEBHOOK_ALLOWED_IPS", "10.0.0.1, 127.0.0.0/8"),
    ])
    .await;
    call(&here, "inference/progress", &headers, &report)
        .await
        .error(404, "GENERATION_NOT_FOUND");
}

#[tokio::test]
async fn a_report_on_an_unknown_id_is_404() {
    let platform = Platform::start().await;
    for id in [0, -1, 999_999, i64::MAX] {
        for (path, body) in reports(&platform, id, id) {
            let code = if path.starts_with("training") {
                "STYLE_NOT_FOUND"
            } else {
                "GENERATION_NOT_FOUND"
            };
            platform.worker().report(path, &body).await.error(404, code);
        }
    }
}

#[tokio::test]
async fn an_invalid_body_is_422_with_all_invalid_fields_and_changes_nothing() {
    let fixture = Fixture::start(10).await;
    let (_, style) = fixture.untrained_style().await;
    let generation = fixture.create_generation().await;
    let before = fixture.platform.snapshot().await;
    for (path, good) in reports(&fixture.platform, style, generation) {
        let id = if path.starts_with("training") {
            "style_id"
        } else {
            "generation_id"
        };
        let details = fixture
            .platform
            .worker()
            .report(path, &json!({}))
            .await
            .error(422, "VALIDATION_ERROR");
        assert!(details[id].is_string(), "{path}: {details}");
        match path {
            "training/complete" => assert!(details["model_path"].is_string(), "{details}"),
            "inference/complete" => assert!(details["result_url"].is_string(), "{details}"),
            _ => {}
        }
        for bad in [json!("seven"), json!(1.5), json!([1]), json!(true), Value::Null] {
            let mut body = good.clone();
            body[id] = bad;
            let details = fixture
                .platform
                .worker()
                .report(path, &body)
                .await
                .error(422, "VALIDATION_ERROR");
            assert!(details[id].is_string(), "{path}: {details}");
        }
    }
    let client = fixture.platform.browser();
    let worker = |body: &'static str, media_type: &'static str| {
        let request = client
            .request_without_csrf(Method::POST, "/api/webhooks/inference/failed")
            .bearer_auth(TOKEN);
        let request = request.header("X-Request-Source", "inference-server");
        client.send(request.header("Content-Type", media_type).body(body))
    };
    worker("{oops", "application/json")
        .await
        .error(400, "INVALID_REQUEST");
    worker("{}", "text/plain")
        .await
        .error(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(fixture.platform.snapshot().await, before);
}
