//! Signing in and out, one's own account, health.

use serde_json::{Value, json};

use crate::support::{
    FRONTEND, NO_BROKER, Platform,
    expect::{Known, assert_data},
    shown::Shown,
};

pub(super) const LOGIN: Shown = &[
    ("GET /api/auth/google/login", &["302"]),
    ("GET /api/auth/google/callback", &["302"]),
];

#[tokio::test]
async fn a_login_goes_to_the_provider_and_back_to_the_web_client() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let browser = platform.browser();
    let started = browser
        .get("/api/auth/google/login?login_hint=user@example.com&next=/styles/7")
        .await;
    known.redirect(&started, platform.login.issuer());
    let consent = browser.get(started.location()).await;
    let back = browser.get(consent.location()).await;
    known.redirect(&back, &format!("{FRONTEND}/styles/7"));
    assert_eq!(back.location(), format!("{FRONTEND}/styles/7"));
    // The same answer of the provider works once.
    let again = platform.browser().get(consent.location()).await;
    assert_eq!(again.location(), format!("{FRONTEND}/login?error=invalid_state"));
    let refused = browser.get("/api/auth/google/callback?error=access_denied").await;
    assert_eq!(
        refused.location(),
        format!("{FRONTEND}/login?error=access_denied")
    );
    known.shows(LOGIN);
}

pub(super) const OWN: Shown = &[
    ("GET /api/auth/me", &["200"]),
    ("POST /api/auth/logout", &["200"]),
];

#[tokio::test]
async fn people_see_their_account_and_sign_out() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let user = platform.user("user@example.com").await;
    let me = json!({"id": "<id:user>", "username": "user", "profile_image": null, "role": "user",
        "token_balance": 100, "bio": null, "created_at": "<time>", "artist": null});
    known.data(&user.get("/api/auth/me").await, 200, &me);

    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let profile = json!({"id": "<id:artist>", "artist_name": "Test Artist", "signature_image_url": "<presigned>",
        "verified_email": "studio@example.com", "earned_token_balance": 0, "follower_count": 0});
    let mut me = json!({"id": "<id:artist>", "username": "artist", "profile_image": null, "role": "artist",
        "token_balance": 100, "bio": null, "created_at": "<time>", "artist": profile});
    let seen = known.data(&artist.get("/api/auth/me").await, 200, &me);
    let signature = seen["artist"]["signature_image_url"]
        .as_str()
        .expect("an address");
    assert!(signature.contains("X-Amz-Expires=3600"), "good for an hour");
    // The role shows an admin; the artist stays one.
    platform
        .execute("UPDATE users SET is_admin = true WHERE username = 'artist'")
        .await;
    me["role"] = json!("admin");
    known.data(&artist.get("/api/auth/me").await, 200, &me);

    let left = user.post("/api/auth/logout", &json!({})).await;
    let said = json!({"success": true, "message": "You have been logged out."});
    known.whole(&left, 200, &said);
    known.error(&user.get("/api/auth/me").await, 401, "UNAUTHORIZED", &Value::Null);
    known.shows(OWN);
}

pub(super) const HEALTH: Shown = &[
    ("GET /api/health", &["200", "503 SERVICE_UNAVAILABLE"]),
    ("GET /api/health/live", &["200"]),
];

#[tokio::test]
async fn health_tells_of_each_dependency() {
    let (platform, database) = Platform::behind_a_proxy(&[("AMQP_URL", NO_BROKER)]).await;
    let mut known = Known::new();
    let browser = platform.browser();
    let outbox = json!({"pending": 0, "oldest_seconds": 0});
    let mut checks = json!({"database": "ok", "broker": "down", "storage": "ok", "outbox": outbox});
    let health = json!({"status": "degraded", "version": "<text>", "checks": checks});
    known.data(&browser.get("/api/health").await, 200, &health);
    known.data(
        &browser.get("/api/health/live").await,
        200,
        &json!({"status": "ok"}),
    );

    database.cut();
    checks["database"] = json!("down");
    checks["outbox"] = Value::Null;
    let health = json!({"status": "down", "version": "<text>", "checks": checks});
    known.error(
        &browser.get("/api/health").await,
        503,
        "SERVICE_UNAVAILABLE",
        &health,
    );
    assert_data(
        &browser.get("/api/health/live").await,
        200,
        &json!({"status": "ok"}),
    );
    known.shows(HEALTH);
}
