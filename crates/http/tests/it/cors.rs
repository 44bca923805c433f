//! Pages of other origins.

use actix_web::{http::Method, test::TestRequest};

use crate::support::{Api, FRONT};

fn preflight(origin: &str, method: &str, headers: &str) -> TestRequest {
    TestRequest::with_uri("/api/things")
        .method(Method::OPTIONS)
        .insert_header(("Origin", origin))
        .insert_header(("Access-Control-Request-Method", method))
        .insert_header(("Access-Control-Request-Headers", headers))
}

#[actix_web::test]
async fn the_front_end_may_read_with_credentials() {
    let answer = Api::new()
        .send(
            TestRequest::get()
                .uri("/api/public")
                .insert_header(("Origin", FRONT)),
        )
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), FRONT);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    let exposed = answer.header("access-control-expose-headers").to_lowercase();
    for name in ["x-trace-id", "x-ratelimit-remaining", "retry-after", "location"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

#[actix_web::test]
async fn errors_can_be_read_by_the_front_end_too() {
    let api = Api::new();
    for path in ["/api/nothing", "/api/me", "/api/broken"] {
        let answer = api
            .send(TestRequest::get().uri(path).insert_header(("Origin", FRONT)))
            .await;
        assert_eq!(answer.header("access-control-allow-origin"), FRONT, "{path}");
        assert!(answer.header("vary").contains("Origin") || answer.headers.get_all("vary").count() > 1);
    }
}

#[actix_web::test]
async fn a_preflight_is_kept_for_a_day() {
    let allowed = "content-type, x-csrftoken, x-request-id, idempotency-key, last-event-id, accept-language";
    let answer = Api::new().send(preflight(FRONT, "PATCH", allowed)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-max-age"), "86400");
    assert_eq!(answer.header("access-control-allow-origin"), FRONT);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
}

#[actix_web::test]
async fn c5_no_foreign_origin_is_reflected() {
    let api = Api::new();
    for origin in [
        "https://evil.example.net",
        "null",
        "http://app.example.com",
        "https://app.example.com.evil.net",
        "https://app.example.com:8443",
    ] {
        let answer = api
            .send(
                TestRequest::get()
                    .uri("/api/public")
                    .insert_header(("Origin", origin)),
            )
            .await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        let answer = api.send(preflight(origin, "POST", "content-type")).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        answer.assert_error(400, "INVALID_REQUEST");
    }
    api.send(preflight(FRONT, "POST", "x-other"))
        .await
        .assert_error(400, "INVALID_REQUEST");
}
