//! Cookies (S3, S7).

use reqwest::{Method, header::COOKIE};
use testkit::login::TestProvider;

use super::{LIFETIME, session, set_cookie};
use crate::support::{NO_BROKER, Platform};

#[tokio::test]
async fn s3_cookies_have_their_attributes() {
    let platform = Platform::start().await;
    let browser = platform.browser();
    let answer = browser.login_redirect("visitor@example.com", "").await;
    let cookie = set_cookie(&answer, "sessionid");
    for attribute in [
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
        &format!("Max-Age={LIFETIME}"),
    ] {
        assert!(
            cookie.iter().any(|own| own == attribute),
            "{attribute}: {cookie:?}"
        );
    }
    assert!(
        !cookie
            .iter()
            .any(|own| own == "Secure" || own.starts_with("Domain")),
        "{cookie:?}"
    );
    // Scripts can read the CSRF cookie.
    let token = set_cookie(&answer, "csrftoken");
    for attribute in ["SameSite=Lax", "Path=/", &format!("Max-Age={LIFETIME}")] {
        assert!(token.iter().any(|own| own == attribute), "{attribute}: {token:?}");
    }
    assert!(
        !token.iter().any(|own| own == "HttpOnly" || own == "Secure"),
        "{token:?}"
    );
    let again = set_cookie(&browser.get("/api/auth/me").await, "csrftoken");
    assert_eq!(again[0], token[0]);
}

#[tokio::test]
async fn s3_cookies_are_secure_over_https() {
    let login =
        TestProvider::start_for("https://api.example.com/api/auth/google/callback").expect("a provider");
    let settings = [
        ("AMQP_URL", NO_BROKER),
        ("API_BASE_URL", "https://api.example.com"),
        ("GOOGLE_ISSUER_URL", login.issuer()),
        ("GOOGLE_CLIENT_SECRET", login.client_secret()),
    ];
    let platform = Platform::with(&settings).await;
    let browser = platform.browser();
    let start = browser
        .get("/api/auth/google/login?login_hint=visitor@example.com")
        .await;
    assert!(
        start.header("strict-transport-security").contains("max-age="),
        "{:?}",
        start.headers
    );
    let pending = set_cookie(&start, "sessionid");
    assert!(pending.iter().any(|own| own == "Secure"), "{pending:?}");
    // The test client uses HTTP and drops Secure cookies, so the cookie is added by hand.
    let consent = browser.get(start.location()).await;
    let callback = consent
        .location()
        .replace("https://api.example.com", &platform.base);
    let request = browser
        .request_without_csrf(Method::GET, &callback)
        .header(COOKIE, format!("sessionid={}", pending[0]));
    let answer = browser.send(request).await;
    for name in ["sessionid", "csrftoken"] {
        let cookie = set_cookie(&answer, name);
        assert!(cookie.iter().any(|own| own == "Secure"), "{name}: {cookie:?}");
    }
    assert!(!answer.location().contains("error="), "{}", answer.location());
}

#[tokio::test]
async fn s7_tampered_cookies_are_no_session() {
    let platform = Platform::start().await;
    let good = session(&platform.user("visitor@example.com").await);
    let pending = platform.browser();
    pending.get("/api/auth/google/login").await;
    let mut cookies: Vec<String> = [0, 10, good.len() / 2, good.len() - 43, good.len() - 20]
        .map(|index| {
            let other = if good.as_bytes()[index] == b'A' { "B" } else { "A" };
            format!("{}{other}{}", &good[..index], &good[index + 1..])
        })
        .into();
    // The signature of one session with the key of another.
    let foreign = session(&pending);
    cookies.push(format!(
        "{}{}",
        &foreign[..foreign.len() - 43],
        &good[good.len() - 43..]
    ));
    cookies.push(good[good.len() - 43..].to_owned());
    cookies.push(good[..good.len() - 1].to_owned());
    cookies.extend(
        [
            "",
            "%",
            "%00",
            "%FF%FE",
            "\"",
            "a=b=c",
            "null",
            "' OR 1=1 --",
            "../../etc/passwd",
        ]
        .map(str::to_owned),
    );
    cookies.extend([good.repeat(2), "A".repeat(4_000), "A".repeat(16_000)]);
    for cookie in cookies {
        assert_not_signed_in(&platform, &[&format!("sessionid={cookie}")]).await;
    }
}

#[tokio::test]
async fn s7_duplicated_cookies_are_no_session() {
    let platform = Platform::start().await;
    let good = format!(
        "sessionid={}",
        session(&platform.user("visitor@example.com").await)
    );
    assert_not_signed_in(&platform, &[&format!("{good}; {good}")]).await;
    assert_not_signed_in(&platform, &[&good, &good]).await;
    assert_not_signed_in(&platform, &[&format!("sessionid=x; {good}")]).await;
    assert_not_signed_in(&platform, &[&format!("{good}; sessionid=x")]).await;
    // Other cookies are ignored.
    let request = platform
        .browser()
        .request_without_csrf(Method::GET, "/api/auth/me");
    let answer = platform
        .browser()
        .send(request.header(COOKIE, format!("x; theme=\"dark; {good}; =; y=%%")))
        .await;
    answer.data(200);
}

#[tokio::test]
async fn s7_oversized_headers_are_refused_and_the_server_keeps_running() {
    let platform = Platform::start().await;
    for size in [100_000, 1_000_000] {
        let request = platform
            .browser()
            .request_without_csrf(Method::GET, "/api/auth/me");
        // The server may close the connection before the answer can be read.
        if let Ok(answer) = request
            .header(COOKIE, format!("sessionid={}", "A".repeat(size)))
            .send()
            .await
        {
            assert!(answer.status().is_client_error(), "{size}: {}", answer.status());
        }
    }
    platform.user("visitor@example.com").await;
}

/// Asserts that these cookie headers do not sign in and cause no server error.
async fn assert_not_signed_in(platform: &Platform, cookies: &[&str]) {
    let browser = platform.browser();
    let send = async |path: &str| {
        let mut request = browser.request_without_csrf(Method::GET, path);
        for cookie in cookies {
            request = request.header(COOKIE, *cookie);
        }
        browser.send(request).await
    };
    assert_eq!(send("/api/auth/me").await.status.as_u16(), 401, "{cookies:?}");
    assert_eq!(send("/api/styles").await.status.as_u16(), 200, "{cookies:?}");
    assert_eq!(
        send("/api/auth/google/login").await.status.as_u16(),
        302,
        "{cookies:?}"
    );
}
