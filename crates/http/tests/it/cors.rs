//! CORS.

use actix_web::{http::Method, test::TestRequest};

use crate::support::{Api, FRONTEND};

fn preflight(origin: &str, method: &str, headers: &str) -> TestRequest {
    TestRequest::with_uri("/api/things")
        .method(Method::OPTIONS)
        .insert_header(("Origin", origin))
        .insert_header(("Access-Control-Request-Method", method))
        .insert_header(("Access-Control-Request-Headers", headers))
}

#[actix_web::test]
async fn the_frontend_origin_is_allowed_with_credentials() {
    let response = Api::new()
        .send(
            TestRequest::get()
                .uri("/api/public")
                .insert_header(("Origin", FRONTEND)),
        )
        .await;
    assert_eq!(response.header("access-control-allow-origin"), FRONTEND);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
    let exposed = response.header("access-control-expose-headers").to_lowercase();
    for name in ["x-trace-id", "x-ratelimit-remaining", "retry-after", "location"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

#[actix_web::test]
async fn error_responses_have_cors_headers() {
    let api = Api::new();
    for path in ["/api/nothing", "/api/me", "/api/broken"] {
        let response = api
            .send(TestRequest::get().uri(path).insert_header(("Origin", FRONTEND)))
            .await;
        assert_eq!(response.header("access-control-allow-origin"), FRONTEND, "{path}");
        assert!(response.header("vary").contains("Origin") || response.headers.get_all("vary").count() > 1);
    }
}

#[actix_web::test]
async fn preflights_are_cached_for_one_day() {
    let allowed = "content-type, x-csrftoken, x-request-id, idempotency-key, last-event-id, accept-language";
    let response = Api::new().send(preflight(FRONTEND, "PATCH", allowed)).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("access-control-max-age"), "86400");
    assert_eq!(response.header("access-control-allow-origin"), FRONTEND);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
}

#[actix_web::test]
async fn c5_other_origins_are_not_reflected() {
    let api = Api::new();
    for origin in [
        "https://evil.example.net",
        "null",
        "http://app.example.com",
        "https://app.example.com.evil.net",
        "https://app.example.com:8443",
    ] {
        let response = api
            .send(
                TestRequest::get()
                    .uri("/api/public")
                    .insert_header(("Origin", origin)),
            )
            .await;
        assert_eq!(response.header("access-control-allow-origin"), "", "{origin}");
        let response = api.send(preflight(origin, "POST", "content-type")).await;
        assert_eq!(response.header("access-control-allow-origin"), "", "{origin}");
        response.assert_error(400, "INVALID_REQUEST");
    }
    api.send(preflight(FRONTEND, "POST", "x-other"))
        .await
        .assert_error(400, "INVALID_REQUEST");
}
