//! Security headers, trace ids, and requests that are rejected by their headers.

use actix_web::test::TestRequest;

use crate::support::{Api, FRONTEND};

#[actix_web::test]
async fn g1_every_response_has_security_headers_and_a_trace_id() {
    let api = Api::new();
    let user = api.login().await;
    for request in [
        TestRequest::get().uri("/api/public"),
        TestRequest::get().uri("/nowhere"),
        TestRequest::delete().uri("/api/public"),
        TestRequest::get().uri("/api/me"),
        TestRequest::post().uri("/api/open-things"),
        TestRequest::post()
            .uri("/api/open-things")
            .insert_header(("Content-Encoding", "gzip")),
        TestRequest::get().uri("/api/broken"),
        TestRequest::get().uri("/docs"),
        TestRequest::get().uri("/docs/"),
        TestRequest::get().uri("/api/openapi.json"),
        TestRequest::with_uri("/api/things")
            .method(actix_web::http::Method::OPTIONS)
            .insert_header(("Origin", FRONTEND))
            .insert_header(("Access-Control-Request-Method", "POST")),
        user.request(actix_web::http::Method::POST, "/api/things"),
    ] {
        let response = api.send(request).await;
        response.assert_common_headers();
        assert_eq!(response.header("strict-transport-security"), "");
    }
}

#[actix_web::test]
async fn g1_a_failed_session_store_is_503_with_all_headers() {
    let api = Api::new();
    let user = api.login().await;
    api.set_session_store_down(true);
    let load = user
        .request(actix_web::http::Method::GET, "/api/public")
        .insert_header(("Origin", FRONTEND));
    let response = api.send(load).await;
    response.assert_error(503, "SERVICE_UNAVAILABLE");
    assert_eq!(response.header("access-control-allow-origin"), FRONTEND);
    assert!(!response.text().contains("secret-address"));
    api.get("/api/login")
        .await
        .assert_error(503, "SERVICE_UNAVAILABLE");
    let live = user.request(actix_web::http::Method::GET, "/api/health/live");
    assert_eq!(
        api.send(live).await.status,
        200,
        "liveness needs no session store"
    );
}

#[actix_web::test]
async fn hsts_is_sent_in_production() {
    let response = Api::new().production().get("/api/public").await;
    assert!(
        response
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}

#[actix_web::test]
async fn a_valid_request_id_is_used_and_an_invalid_one_replaced() {
    let api = Api::new();
    let id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    let response = api
        .send(
            TestRequest::get()
                .uri("/api/public")
                .insert_header(("X-Request-ID", id)),
        )
        .await;
    assert_eq!(response.header("x-trace-id"), id);
    for bad in [
        "",
        "7",
        "{6f9619ff-8b86-4d01-b42d-00cf4fc964ff}",
        "6f9619ff-8b86-4d01-b42d-00cf4fc964fg",
    ] {
        let response = api
            .send(
                TestRequest::get()
                    .uri("/nowhere")
                    .insert_header(("X-Request-ID", bad)),
            )
            .await;
        assert_eq!(response.header("x-trace-id").len(), 36);
        assert_ne!(response.header("x-trace-id"), bad);
    }
}

#[actix_web::test]
async fn unknown_hosts_are_rejected() {
    let mut api = Api::new();
    api.config.allowed_hosts = vec!["api.example.com".into()];
    let to = |host: &'static str| {
        TestRequest::get()
            .uri("/api/public")
            .insert_header(("Host", host))
    };
    api.send(to("evil.example.net"))
        .await
        .assert_error(400, "INVALID_REQUEST");
    assert_eq!(api.send(to("api.example.com:443")).await.status, 200);
}

#[actix_web::test]
async fn u2_encoded_bodies_are_rejected() {
    let api = Api::new();
    for encoding in ["gzip", "br", "deflate", "identity"] {
        let request = TestRequest::post()
            .uri("/api/open-things")
            .insert_header(("Content-Encoding", encoding))
            .insert_header(("Content-Type", "application/json"))
            .set_payload("{}");
        api.send(request)
            .await
            .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[actix_web::test]
async fn api_responses_are_not_cached() {
    assert_eq!(
        Api::new().get("/api/public").await.header("cache-control"),
        "no-store"
    );
}
