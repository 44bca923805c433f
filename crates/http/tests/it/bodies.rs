//! Routing, JSON bodies and error responses.

use actix_web::{http::Method, test::TestRequest};
use serde_json::json;

use crate::support::Api;

fn json_post(body: impl Into<String>) -> TestRequest {
    TestRequest::post()
        .uri("/api/open-things")
        .insert_header(("Content-Type", "application/json; charset=utf-8"))
        .set_payload(body.into())
}

#[actix_web::test]
async fn unknown_routes_are_404_and_wrong_methods_405_with_allow() {
    let api = Api::new();
    for path in [
        "/",
        "/api",
        "/api/",
        "/api/nothing",
        "/api/styles",
        "/other",
        "/docsx",
    ] {
        api.get(path).await.assert_error(404, "NOT_FOUND");
    }
    let response = api.send(TestRequest::delete().uri("/api/styles/1")).await;
    response.assert_error(405, "METHOD_NOT_ALLOWED");
    assert_eq!(response.header("allow"), "GET, HEAD, PATCH");
}

#[actix_web::test]
async fn g3_unknown_methods_are_405() {
    let api = Api::new();
    for method in ["PROPFIND", "TRACE", "BREW", "OPTIONS"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = api
            .send(TestRequest::with_uri("/api/public").method(method))
            .await;
        response.assert_error(405, "METHOD_NOT_ALLOWED");
        assert_eq!(response.header("allow"), "GET, HEAD");
    }
}

#[actix_web::test]
async fn head_has_the_response_of_get_without_the_body() {
    let api = Api::new();
    for path in [
        "/api/public",
        "/api/styles/7/",
        "/api/health/live",
        "/api/openapi.json",
        "/docs",
        "/docs/",
    ] {
        let get = api.get(path).await;
        let head = api.send(TestRequest::with_uri(path).method(Method::HEAD)).await;
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        for (name, value) in &get.headers {
            // The order of the exposed headers is random.
            let varies = ["x-trace-id", "access-control-expose-headers"].contains(&name.as_str());
            assert!(varies || head.headers.get(name) == Some(value), "{path}: {name}");
        }
    }
    let head = |path: &str| api.send(TestRequest::with_uri(path).method(Method::HEAD));
    assert_eq!(head("/api/nothing").await.status, 404);
    assert_eq!(head("/api/me").await.status, 401);
    let response = head("/api/things").await;
    assert_eq!(
        (response.status.as_u16(), response.header("allow")),
        (405, "POST")
    );
}

#[actix_web::test]
async fn unknown_routes_and_methods_are_rejected_before_the_csrf_check() {
    let api = Api::new();
    let user = api.login().await;
    let unknown = api.send(user.request(Method::POST, "/api/nothing")).await;
    unknown.assert_error(404, "NOT_FOUND");
    let wrong = api.send(user.request(Method::POST, "/api/public")).await;
    wrong.assert_error(405, "METHOD_NOT_ALLOWED");
}

#[actix_web::test]
async fn trailing_and_repeated_slashes_are_ignored() {
    let api = Api::new();
    for path in [
        "/api/public",
        "/api/public/",
        "/api//public//",
        "/api/public/?x=1",
    ] {
        assert_eq!(api.get(path).await.status, 200, "{path}");
    }
    assert_eq!(api.get("/api/styles/7/").await.json()["data"], 7);
    let response = api.get("/api/list/?limit=3").await;
    assert_eq!(response.json()["data"]["limit"], 3);
}

#[actix_web::test]
async fn g2_malformed_json_is_400() {
    let api = Api::new();
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let deep_object = "{\"name\":".repeat(5_000) + "1" + &"}".repeat(5_000);
    for body in [
        "",
        "{",
        "nonsense",
        "{\"name\": }",
        "{'name': 1}",
        "\u{feff}{}",
        &deep,
        &deep_object,
    ] {
        api.send(json_post(body))
            .await
            .assert_error(400, "INVALID_REQUEST");
    }
    for body in ["[]", "1", "null", "\"text\""] {
        api.send(json_post(body))
            .await
            .assert_error(400, "INVALID_REQUEST");
    }
    let not_utf8 = TestRequest::post()
        .uri("/api/open-things")
        .insert_header(("Content-Type", "application/json"))
        .set_payload(vec![b'{', b'"', 0xff, b'"', b':', b'1', b'}']);
    api.send(not_utf8).await.assert_error(400, "INVALID_REQUEST");
}

#[actix_web::test]
async fn c3_another_media_type_is_415() {
    let api = Api::new();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "",
    ] {
        let request = TestRequest::post()
            .uri("/api/open-things")
            .insert_header(("Content-Type", media_type))
            .set_payload("{\"name\":\"a\",\"number\":1}");
        api.send(request)
            .await
            .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[actix_web::test]
async fn u1_a_body_over_the_limit_is_413_with_and_without_content_length() {
    let api = Api::new();
    let body = format!("{{\"name\":\"{}\",\"number\":1}}", "a".repeat(70_000));
    for length in ["70000", "0"] {
        let request = json_post(body.clone()).insert_header(("Content-Length", length));
        api.send(request).await.assert_error(413, "PAYLOAD_TOO_LARGE");
    }
}

#[actix_web::test]
async fn all_field_errors_are_reported_together() {
    let api = Api::new();
    let details = api
        .send(json_post("{}"))
        .await
        .assert_error(422, "VALIDATION_ERROR");
    assert_eq!(
        details,
        json!({ "name": "This field is required.", "number": "This field is required." })
    );
    let response = api
        .send(json_post("{\"name\":\"a\\u0000b\",\"number\":\"1\"}"))
        .await;
    let details = response.assert_error(422, "VALIDATION_ERROR");
    assert_eq!(details.as_object().unwrap().len(), 2);
}

#[actix_web::test]
async fn b2_numbers_must_be_integers() {
    let api = Api::new();
    for number in ["1.5", "1e400", "\"7\"", "true"] {
        let response = api
            .send(json_post(format!("{{\"name\":\"a\",\"number\":{number}}}")))
            .await;
        assert!(response.status.is_client_error(), "{number}");
    }
    let response = api
        .send(json_post("{\"name\":\"a\",\"number\":7,\"role\":\"admin\"}"))
        .await;
    assert_eq!(response.json()["data"], json!({ "name": "a", "number": 7 }));
}

#[actix_web::test]
async fn messages_are_korean_if_preferred_and_codes_do_not_change() {
    let api = Api::new();
    let korean = |request: TestRequest| request.insert_header(("Accept-Language", "ko-KR,ko;q=0.9,en;q=0.8"));
    let response = api.send(korean(TestRequest::get().uri("/nowhere"))).await;
    response.assert_error(404, "NOT_FOUND");
    assert_eq!(response.header("content-language"), "ko");
    assert!(response.text().contains("찾을 수 없습니다"));
    let response = api.send(korean(json_post("{}"))).await;
    let details = response.assert_error(422, "VALIDATION_ERROR");
    assert_eq!(details["name"], "필수 입력 항목입니다.");
    let response = api.send(korean(TestRequest::get().uri("/api/plain-error"))).await;
    assert!(response.text().contains("서비스를 이용할 수 없습니다"));
}

#[actix_web::test]
async fn internal_errors_are_not_sent_to_the_client() {
    let api = Api::new();
    let broken = api.get("/api/broken").await;
    broken.assert_error(500, "INTERNAL_SERVER_ERROR");
    assert!(!broken.text().contains("SELECT"));
    let foreign = api.get("/api/plain-error").await;
    foreign.assert_error(502, "SERVICE_UNAVAILABLE");
    assert!(!foreign.text().contains("upstream"));
}
