//! Login (promises O1 to O8) and outages of the provider.

mod races;
mod secrets;
mod tokens;

use testkit::client::{Answer, Client};
use testkit::login::Fault;
use url::Url;

use crate::support::{FRONTEND, Platform};

/// Asserts a redirect to the login page with `code`, and that the browser is not signed in.
async fn assert_refused(browser: &Client, answer: &Answer, code: &str) {
    assert_eq!(answer.status.as_u16(), 302, "{}", answer.text);
    assert_eq!(answer.location(), format!("{FRONTEND}/login?error={code}"));
    assert!(answer.text.is_empty(), "{}", answer.text);
    browser.get("/api/auth/me").await.error(401, "UNAUTHORIZED");
}

/// Starts a login and lets the provider sign in `email`. Returns the URL of the callback without calling it.
async fn callback_url(browser: &Client, email: &str) -> Url {
    let start = browser
        .get(&format!("/api/auth/google/login?login_hint={email}"))
        .await;
    assert_eq!(start.status.as_u16(), 302, "{}", start.text);
    let consent = browser.get(start.location()).await;
    Url::parse(consent.location()).expect("the provider sends the browser back")
}

/// The URL with a query parameter removed or replaced.
fn with_parameter(address: &Url, name: &str, value: Option<&str>) -> String {
    let pairs: Vec<(String, String)> = address
        .query_pairs()
        .into_owned()
        .filter(|(key, _)| key != name)
        .collect();
    let mut changed = address.clone();
    changed.query_pairs_mut().clear().extend_pairs(pairs);
    if let Some(value) = value {
        changed.query_pairs_mut().append_pair(name, value);
    }
    changed.into()
}

fn parameter(address: &Url, name: &str) -> String {
    let mut pairs = address.query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .expect("the parameter")
        .1
        .into_owned()
}

#[tokio::test]
async fn o1_a_callback_without_its_state_signs_nobody_in() {
    let platform = Platform::start().await;
    for value in [None, Some(""), Some("another-state")] {
        let browser = platform.browser();
        let callback = callback_url(&browser, "visitor@example.com").await;
        let answer = browser.get(&with_parameter(&callback, "state", value)).await;
        assert_refused(&browser, &answer, "invalid_state").await;
        // The right state is refused afterwards, because a login can be tried once.
        let answer = browser.get(callback.as_str()).await;
        assert_refused(&browser, &answer, "invalid_state").await;
    }
    let browser = platform.browser();
    let callback = callback_url(&browser, "visitor@example.com").await;
    let answer = browser.get(&with_parameter(&callback, "code", None)).await;
    assert_refused(&browser, &answer, "invalid_state").await;
    platform.assert_rows("users", 0).await;
}

#[tokio::test]
async fn o1_a_reused_callback_signs_nobody_in() {
    let platform = Platform::start().await;
    let browser = platform.browser();
    let callback = callback_url(&browser, "visitor@example.com").await;
    let answer = browser.get(callback.as_str()).await;
    assert_eq!(answer.location(), format!("{FRONTEND}/"));
    let (session, me) = (browser.cookie("sessionid"), browser.me().await);
    // The existing session is kept, because other pages must not be able to sign users out.
    let again = browser.get(callback.as_str()).await;
    assert_eq!(again.location(), format!("{FRONTEND}/login?error=invalid_state"));
    assert_eq!((browser.cookie("sessionid"), browser.me().await), (session, me));
    browser.post("/api/auth/logout", &serde_json::json!({})).await;
    let again = browser.get(callback.as_str()).await;
    assert_refused(&browser, &again, "invalid_state").await;
}

#[tokio::test]
async fn o1_a_callback_in_another_browser_signs_nobody_in() {
    let platform = Platform::start().await;
    let starter = platform.browser();
    let callback = callback_url(&starter, "visitor@example.com").await;
    let stranger = platform.browser();
    let answer = stranger.get(callback.as_str()).await;
    assert_refused(&stranger, &answer, "invalid_state").await;
    // A browser with a login of its own in progress is refused as well.
    let busy = platform.browser();
    callback_url(&busy, "busy@example.com").await;
    let answer = busy.get(callback.as_str()).await;
    assert_refused(&busy, &answer, "invalid_state").await;
    let answer = starter.get(callback.as_str()).await;
    assert_eq!(
        answer.location(),
        format!("{FRONTEND}/"),
        "the browser that started the login is signed in"
    );
}

#[tokio::test]
async fn o2_the_provider_gets_an_s256_challenge() {
    let platform = Platform::start().await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        callback_url(&platform.browser(), "visitor@example.com").await;
        let authorization = platform.login.last_authorization().expect("an authorization");
        assert_eq!(authorization["code_challenge_method"], "S256");
        assert_eq!(authorization["response_type"], "code");
        assert_eq!(authorization["scope"], "openid email profile");
        assert_eq!(authorization["login_hint"], "visitor@example.com");
        let redirect = format!("{}/api/auth/google/callback", platform.base);
        assert_eq!(authorization["redirect_uri"], redirect);
        for name in ["code_challenge", "state", "nonce"] {
            assert!(
                authorization[name].len() >= 22,
                "{name} has fewer than 128 bits: {}",
                authorization[name]
            );
            assert!(!seen.contains(&authorization[name]), "{name} is used twice");
            seen.push(authorization[name].clone());
        }
    }
}

#[tokio::test]
async fn o2_a_code_of_another_login_is_refused() {
    let platform = Platform::start().await;
    let (victim, thief) = (platform.browser(), platform.browser());
    let stolen = parameter(&callback_url(&victim, "victim@example.com").await, "code");
    let own = callback_url(&thief, "thief@example.com").await;
    let answer = thief.get(&with_parameter(&own, "code", Some(&stolen))).await;
    assert_refused(&thief, &answer, "login_rejected").await;
    platform.assert_rows("users", 0).await;
}

#[tokio::test]
async fn o7_the_same_email_with_another_subject_is_another_account() {
    let platform = Platform::start().await;
    let first = platform.browser().login("shared@example.com").await;
    let subject = platform.login.subject("shared@example.com");
    platform
        .login
        .set_subject("shared@example.com", "another-subject");
    let second = platform.browser().login("shared@example.com").await;
    assert_ne!(first["id"], second["id"]);
    assert_ne!(first["username"], second["username"]);
    assert_eq!(second["token_balance"], 100);
    // The same subject with a new e-mail address is the same account.
    platform.login.set_subject("moved@example.com", subject);
    let moved = platform.browser().login("moved@example.com").await;
    assert_eq!(
        (&moved["id"], &moved["username"]),
        (&first["id"], &first["username"])
    );
    assert_eq!(moved["token_balance"], 100);
}

#[tokio::test]
async fn o8_next_never_leaves_the_web_client() {
    let platform = Platform::start().await;
    let outside = [
        "//evil.example.net",
        "///evil.example.net",
        "/\\evil.example.net",
        "\\\\evil.example.net",
        "\\/evil.example.net",
        "https://evil.example.net",
        "https:evil.example.net",
        "javascript:alert(1)",
        "/\t/evil.example.net",
        "/\r\nLocation: https://evil.example.net",
        "\t//evil.example.net",
        " //evil.example.net",
        "@evil.example.net",
        ".evil.example.net",
        ":80@evil.example.net",
        "%2F%2Fevil.example.net",
        "https%3A%2F%2Fevil.example.net",
        "",
    ];
    for next in outside {
        assert_eq!(landing(&platform, next).await, format!("{FRONTEND}/"), "{next:?}");
    }
    // These are paths of the web client and are kept unchanged.
    for next in [
        "/styles/7?tab=a&b=%20c#top",
        "/%2F%2Fevil.example.net",
        "/%5Cevil.example.net",
        "/@evil.example.net",
    ] {
        let landing = landing(&platform, next).await;
        assert_eq!(landing, format!("{FRONTEND}{next}"));
        let origin = Url::parse(&landing).expect("an address").origin();
        assert_eq!(origin.ascii_serialization(), FRONTEND);
    }
}

/// The URL that a login with this `next` redirects to.
async fn landing(platform: &Platform, next: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let done = platform
        .browser()
        .login_redirect("visitor@example.com", &format!("&next={query}"))
        .await;
    assert_eq!(done.headers.get_all("location").iter().count(), 1, "{next:?}");
    done.location().to_owned()
}

#[tokio::test]
async fn p11_without_the_login_provider_everything_else_works() {
    // Nothing listens at the provider's URL, so discovery fails.
    let platform = Platform::with(&[
        ("AMQP_URL", crate::support::NO_BROKER),
        ("GOOGLE_ISSUER_URL", "http://localhost:9"),
    ])
    .await;
    let browser = platform.browser();
    let start = browser
        .get("/api/auth/google/login?login_hint=visitor@example.com")
        .await;
    assert_refused(&browser, &start, "provider_unavailable").await;
    for path in [
        "/api/health",
        "/api/health/live",
        "/api/styles",
        "/api/generations/feed",
    ] {
        browser.get(path).await.data(200);
    }
}

#[tokio::test]
async fn p11_signed_in_users_are_not_affected_by_an_outage_of_the_login_provider() {
    let platform = Platform::start().await;
    let (_artist, style) = platform.trained_style(10).await;
    let user = platform.user("user@example.com").await;
    platform.login.set_fault(Fault::TokenEndpointDown);
    let late = platform.browser();
    let answer = late.login_redirect("late@example.com", "").await;
    assert_refused(&late, &answer, "provider_unavailable").await;
    user.generate(style, "1:1").await.data(201);
    assert_eq!(user.get("/api/tokens/balance").await.data(200)["held_tokens"], 10);
    late.get("/api/health").await.data(200);
    platform.login.set_fault(Fault::None);
    late.login("late@example.com").await;
}

#[tokio::test]
async fn a_login_declined_at_the_provider_signs_nobody_in() {
    let platform = Platform::start().await;
    platform.login.set_fault(Fault::AccessDenied);
    let browser = platform.browser();
    let answer = browser.login_redirect("visitor@example.com", "").await;
    assert_refused(&browser, &answer, "access_denied").await;
}

#[tokio::test]
async fn a_deactivated_account_cannot_log_in() {
    let platform = Platform::start().await;
    platform.user("gone@example.com").await;
    platform.execute("UPDATE users SET is_active = false").await;
    let browser = platform.browser();
    let answer = browser.login_redirect("gone@example.com", "").await;
    assert_refused(&browser, &answer, "account_disabled").await;
    platform.assert_rows("users", 1).await;
    platform.execute("UPDATE users SET is_active = true").await;
    browser.login("gone@example.com").await;
}
