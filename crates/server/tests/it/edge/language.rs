//! The language of messages, by `Accept-Language`.

use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};
use testkit::client::{Answer, Client};

use crate::support::{Platform, fixture::Fixture};

const ENGLISH: &str = "You need to log in.";
const KOREAN: &str = "로그인이 필요합니다.";

/// GET /api/auth/me without a session, with `Accept-Language` headers.
async fn get_in(browser: &Client, languages: &[HeaderValue]) -> Answer {
    let mut request = browser.request(Method::GET, "/api/auth/me");
    for language in languages {
        request = request.header("Accept-Language", language.clone());
    }
    browser.send(request).await
}

fn assert_language(answer: &Answer, expected: &str, header: &str) {
    assert_eq!(answer.status.as_u16(), 401);
    let error = json!({"code": "UNAUTHORIZED", "message": expected, "details": null});
    assert_eq!(
        answer.json(),
        json!({"success": false, "error": error}),
        "{header}"
    );
    let tag = if expected == KOREAN { "ko" } else { "en" };
    assert_eq!(answer.header("content-language"), tag, "{header}");
    let vary = answer.headers.get_all("vary").iter();
    let varies = vary
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.to_ascii_lowercase().contains("accept-language"));
    assert!(varies, "{header}: {:?}", answer.headers);
}

#[tokio::test]
async fn messages_are_korean_only_if_accept_language_prefers_it() {
    let platform = Platform::start().await;
    let browser = platform.browser();
    assert_language(&get_in(&browser, &[]).await, ENGLISH, "no header");
    let long = "fr;q=0.1,".repeat(500) + "ko";
    for languages in [
        "ko",
        "ko-KR",
        "KO-kr",
        "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7",
        "en;q=0.5, ko;q=0.501",
        "fr-FR, de;q=0.9, ko;q=0.1",
        "ko, en",
        "*;q=0.4, ko;q=0.5",
        "ko ; q=1.000 , en",
        "en;q=nothing, ko;q=0.1",
        "ja, ko;q=0.2, en;q=0",
        ",, ;;, ko;q=0.3",
        long.as_str(),
    ] {
        let header = HeaderValue::from_str(languages).expect("a header");
        assert_language(&get_in(&browser, &[header]).await, KOREAN, languages);
    }
    for languages in [
        "",
        "en",
        "en-GB,en;q=0.9,ko;q=0.8",
        "en, ko",
        "fr, ja;q=0.9",
        "*",
        "*, ko;q=0.9",
        "ko;q=0",
        "ko;q=0.000, *;q=0.1",
        "ko;q=1.1",
        "ko;q=-1",
        "ko;q=0.1234",
        "ko;q=",
        "ko;q=yes",
        "kor",
        "kok-IN",
        "k",
        ";q=1",
        ",,,",
        "ko;;;q=0",
        "\"ko\"",
    ] {
        let header = HeaderValue::from_str(languages).expect("a header");
        assert_language(&get_in(&browser, &[header]).await, ENGLISH, languages);
    }
    // Invalid UTF-8, and a repeated header.
    let bytes = HeaderValue::from_bytes(b"ko\xff\xfe").expect("a header");
    assert_language(&get_in(&browser, &[bytes]).await, ENGLISH, "bytes");
    let lines = ["en;q=0.5", "ko;q=0.9"].map(HeaderValue::from_static);
    assert_language(&get_in(&browser, &lines).await, KOREAN, "two lines");
}

/// A request that prefers Korean.
async fn send_in_korean(user: &Client, method: Method, path: &str, body: &Value) -> Answer {
    let request = user
        .request(method, path)
        .header("Accept-Language", "ko-KR,ko;q=0.9");
    user.send(request.json(body)).await
}

#[tokio::test]
async fn errors_field_messages_and_notices_are_translated() {
    let fixture = Fixture::start(60).await;
    let user = &fixture.user;
    let none = json!({});
    let request_body = json!({"style_id": fixture.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1"});
    user.post("/api/generations", &request_body).await.data(201);
    for (method, path, body, status, message) in [
        (
            Method::POST,
            "/api/generations",
            &request_body,
            402,
            "토큰이 부족합니다.",
        ),
        (
            Method::GET,
            "/api/nothing",
            &none,
            404,
            "요청한 대상을 찾을 수 없습니다.",
        ),
        (
            Method::PUT,
            "/api/styles",
            &none,
            405,
            "이 주소에서 허용되지 않는 메서드입니다.",
        ),
        (
            Method::POST,
            "/api/styles",
            &none,
            403,
            "작가만 이용할 수 있습니다.",
        ),
        (
            Method::GET,
            "/api/styles?cursor=none",
            &none,
            400,
            "커서가 올바르지 않습니다.",
        ),
        (
            Method::PATCH,
            "/api/users/me",
            &json!([]),
            400,
            "요청 본문은 JSON 객체여야 합니다.",
        ),
    ] {
        let answer = send_in_korean(user, method, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
        assert_eq!(answer.json()["error"]["message"], message, "{path}");
        assert_eq!(answer.header("content-language"), "ko", "{path}");
    }

    // Field messages include their limits.
    let bad = json!({"username": "ab", "bio": "x".repeat(501), "profile_image": 5});
    let answer = send_in_korean(user, Method::PATCH, "/api/users/me", &bad).await;
    assert_eq!(
        answer.json()["error"],
        json!({"code": "VALIDATION_ERROR", "message": "올바르지 않은 입력 항목이 있습니다.", "details":
            {"username": "3자 이상 입력해 주세요.", "bio": "500자 이하로 입력해 주세요.",
             "profile_image": "문자열이어야 합니다."}})
    );
    // Notices.
    let answer = send_in_korean(user, Method::POST, "/api/auth/logout", &none).await;
    assert_eq!(
        answer.json(),
        json!({"success": true, "message": "로그아웃되었습니다."})
    );
}
