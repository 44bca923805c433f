//! CSRF protection.

use actix_web::{http::Method, test::TestRequest};

use crate::support::{Api, Browser, FRONTEND};

const BODY: &str = "{\"name\":\"a\",\"number\":1}";

fn with_body(request: TestRequest) -> TestRequest {
    request
        .insert_header(("Content-Type", "application/json"))
        .set_payload(BODY)
}

fn change(user: &Browser) -> TestRequest {
    with_body(user.change(Method::POST, "/api/things"))
}

#[actix_web::test]
async fn a_change_with_token_and_origin_is_accepted() {
    let api = Api::new();
    let user = api.login().await;
    assert_eq!(api.send(change(&user)).await.status, 200);
    let without_origin = with_body(user.request(Method::POST, "/api/things"))
        .insert_header(("X-CSRFToken", user.csrf.clone()));
    assert_eq!(
        api.send(without_origin).await.status,
        200,
        "clients other than browsers send no Origin"
    );
    let swagger_ui = with_body(user.change(Method::POST, "/api/things"))
        .insert_header(("Origin", "https://api.example.com"))
        .insert_header(("Sec-Fetch-Site", "same-origin"));
    assert_eq!(api.send(swagger_ui).await.status, 200, "the API's own pages");
}

#[actix_web::test]
async fn a_missing_or_wrong_token_is_403() {
    let api = Api::new();
    let (user, other) = (api.login().await, api.login().await);
    let missing = with_body(user.request(Method::POST, "/api/things"));
    api.send(missing).await.assert_error(403, "CSRF_FAILED");
    for token in [
        "",
        "x",
        &other.csrf,
        &format!("{}x", user.csrf),
        &user.csrf.to_uppercase(),
    ] {
        let request = change(&user).insert_header(("X-CSRFToken", token));
        api.send(request).await.assert_error(403, "CSRF_FAILED");
    }
}

#[actix_web::test]
async fn c1_other_origins_and_null_are_403() {
    let api = Api::new();
    let user = api.login().await;
    for origin in [
        "https://evil.example.net",
        "null",
        "",
        "https://app.example.com/",
        "http://app.example.com",
    ] {
        let request = change(&user).insert_header(("Origin", origin));
        api.send(request).await.assert_error(403, "CSRF_FAILED");
    }
    let two = change(&user).append_header(("Origin", "https://evil.example.net"));
    api.send(two).await.assert_error(403, "CSRF_FAILED");
}

#[actix_web::test]
async fn c2_cross_site_changes_are_403() {
    let api = Api::new();
    let user = api.login().await;
    let cross = change(&user).insert_header(("Sec-Fetch-Site", "cross-site"));
    api.send(cross).await.assert_error(403, "CSRF_FAILED");
    for site in ["same-origin", "same-site", "none"] {
        let request = change(&user).insert_header(("Sec-Fetch-Site", site));
        assert_eq!(api.send(request).await.status, 200);
    }
    let read = user
        .request(Method::GET, "/api/me")
        .insert_header(("Sec-Fetch-Site", "cross-site"));
    assert_eq!(api.send(read).await.status, 200, "reads are allowed");
}

#[actix_web::test]
async fn without_a_session_the_response_is_401() {
    let api = Api::new();
    let request = with_body(TestRequest::post().uri("/api/things")).insert_header(("Origin", FRONTEND));
    api.send(request).await.assert_error(401, "UNAUTHORIZED");
}

#[actix_web::test]
async fn webhooks_are_exempt() {
    let api = Api::new();
    let user = api.login().await;
    let request = user
        .request(Method::POST, "/api/webhooks/ping")
        .insert_header(("Origin", "https://payments.example.net"));
    assert_eq!(api.send(request).await.status, 200);
}
