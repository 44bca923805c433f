//! Sessions (promises S1 to S7).

mod cookies;

use std::collections::HashSet;

use reqwest::header::SET_COOKIE;
use serde_json::json;
use testkit::client::{Answer, Client};

use crate::support::Platform;

/// 14 days, in seconds.
const LIFETIME: i64 = 14 * 24 * 60 * 60;

/// Value and attributes of a cookie that an answer sets.
fn set_cookie(answer: &Answer, name: &str) -> Vec<String> {
    let cookies = answer
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .map(|value| value.to_str().expect("plain text"));
    let mut found = cookies.filter_map(|cookie| cookie.strip_prefix(&format!("{name}=")));
    let cookie = found
        .next()
        .unwrap_or_else(|| panic!("{name} is not set: {:?}", answer.headers));
    assert_eq!(found.next(), None, "{name} is set twice");
    cookie.split("; ").map(str::to_owned).collect()
}

/// A browser with this session cookie.
fn replay(platform: &Platform, session: &str) -> Client {
    let browser = platform.browser();
    browser.add_cookie(&format!("sessionid={session}; Path=/"));
    browser
}

fn session(browser: &Client) -> String {
    browser.cookie("sessionid").expect("a session")
}

#[tokio::test]
async fn s1_session_ids_are_random_and_only_their_hash_is_stored() {
    let platform = Platform::start().await;
    let mut keys = HashSet::new();
    for _ in 0..64 {
        let browser = platform.browser();
        browser.get("/api/auth/google/login").await;
        let cookie = session(&browser);
        // The signature is followed by the key: 43 characters of 6 bits.
        let key = cookie[cookie.len() - 43..].to_owned();
        assert!(
            key.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
            "{key}"
        );
        let hash = format!("SELECT count(*) AS n FROM sessions WHERE id_hash = sha256('{key}')");
        assert_eq!(platform.count(&hash).await, 1);
        assert!(keys.insert(key), "an id was repeated");
    }
    // At least 42 of the 43 positions vary between the ids; 22 random positions are 128 bits.
    let random = (0..43).filter(|position| {
        let seen: HashSet<u8> = keys.iter().map(|key| key.as_bytes()[*position]).collect();
        seen.len() > 20
    });
    assert!(random.count() >= 42);
    let rows = platform
        .text("SELECT string_agg(to_jsonb(s)::text, ' ') AS t FROM sessions s")
        .await;
    assert!(keys.iter().all(|key| !rows.contains(key)));
}

#[tokio::test]
async fn s2_a_login_issues_a_new_session_id_and_invalidates_the_old_one() {
    let platform = Platform::start().await;
    // Session fixation: an attacker plants a session in the browser before its owner signs in.
    let attacker = platform.browser();
    attacker.get("/api/auth/google/login").await;
    let victim = replay(&platform, &session(&attacker));
    victim.login("victim@example.com").await;
    assert_ne!(session(&victim), session(&attacker));
    attacker.get("/api/auth/me").await.error(401, "UNAUTHORIZED");
    // A second login ends the previous session.
    let (before, token) = (session(&victim), victim.cookie("csrftoken"));
    victim.login("other@example.com").await;
    assert_ne!(victim.cookie("csrftoken"), token);
    replay(&platform, &before)
        .get("/api/auth/me")
        .await
        .error(401, "UNAUTHORIZED");
    platform
        .assert_rows("sessions WHERE user_id IS NOT NULL", 1)
        .await;
}

#[tokio::test]
async fn s4_a_replayed_cookie_is_invalid_after_logout() {
    let platform = Platform::start().await;
    let browser = platform.user("visitor@example.com").await;
    let elsewhere = platform.user("visitor@example.com").await;
    let stolen = session(&browser);
    let answer = browser.post("/api/auth/logout", &json!({})).await;
    assert_eq!(answer.status.as_u16(), 200);
    for name in ["sessionid", "csrftoken"] {
        assert!(
            set_cookie(&answer, name).iter().any(|own| own == "Max-Age=0"),
            "{:?}",
            answer.headers
        );
        assert_eq!(browser.cookie(name), None);
    }
    replay(&platform, &stolen)
        .get("/api/auth/me")
        .await
        .error(401, "UNAUTHORIZED");
    // Other browsers of the same user stay signed in.
    elsewhere.me().await;
}

#[tokio::test]
async fn s5_a_deactivation_takes_effect_on_the_next_request() {
    let platform = Platform::start().await;
    let browser = platform.user("visitor@example.com").await;
    let id = browser.me().await["id"].clone();
    platform.execute("UPDATE users SET is_active = false").await;
    for path in ["/api/auth/me", "/api/tokens/balance", "/api/generations/me"] {
        browser.get(path).await.error(401, "UNAUTHORIZED");
    }
    browser.generate(1, "1:1").await.error(401, "UNAUTHORIZED");
    browser
        .get(&format!("/api/users/{id}"))
        .await
        .error(404, "NOT_FOUND");
    browser.get("/api/styles").await.data(200);
}

#[tokio::test]
async fn s5_a_change_of_role_takes_effect_on_the_next_request() {
    let platform = Platform::start().await;
    let (_artist, style) = platform.trained_style(10).await;
    let browser = platform.user("visitor@example.com").await;
    let (me, page) = ("/api/auth/me", format!("/api/styles/{style}"));
    for admin in [false, true, false] {
        let change = format!("UPDATE users SET is_admin = {admin} WHERE username = 'visitor'");
        platform.execute(&change).await;
        let role = if admin { "admin" } else { "user" };
        assert_eq!(browser.get(me).await.data(200)["role"], role);
        let seen = browser.get(&page).await.data(200);
        assert_eq!(
            seen.get("model_path").is_some(),
            admin,
            "visible to owners and admins only"
        );
    }
}

#[tokio::test]
async fn s6_a_session_has_an_absolute_lifetime() {
    let platform = Platform::start().await;
    let browser = platform.user("visitor@example.com").await;
    let lifetime = "SELECT extract(epoch FROM expires_at - created_at)::bigint AS n FROM sessions WHERE user_id IS NOT NULL";
    assert_eq!(platform.count(lifetime).await, LIFETIME);
    // Requests do not extend it.
    platform
        .execute("UPDATE sessions SET expires_at = date_trunc('hour', expires_at) - interval '3 days'")
        .await;
    let end = "SELECT string_agg(expires_at::text, ' ') AS t FROM sessions WHERE user_id IS NOT NULL";
    let before = platform.text(end).await;
    let answer = browser.get("/api/auth/me").await;
    answer.data(200);
    browser
        .post("/api/generations", &json!({}))
        .await
        .error(422, "VALIDATION_ERROR");
    assert_eq!(platform.text(end).await, before);
    assert_eq!(
        answer
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .filter(|c| c.as_bytes().starts_with(b"sessionid"))
            .count(),
        0
    );

    platform
        .execute("UPDATE sessions SET expires_at = now() - interval '1 second'")
        .await;
    for _ in 0..2 {
        browser.get("/api/auth/me").await.error(401, "SESSION_EXPIRED");
        browser
            .post("/api/generations", &json!({}))
            .await
            .error(401, "SESSION_EXPIRED");
        browser.get("/api/styles").await.data(200);
    }
    // Without a cookie the code is UNAUTHORIZED. A new login works.
    platform
        .browser()
        .get("/api/auth/me")
        .await
        .error(401, "UNAUTHORIZED");
    browser.login("visitor@example.com").await;
}
