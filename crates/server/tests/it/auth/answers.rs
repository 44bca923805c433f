//! Answers of login, account and logout.

use serde_json::json;

use crate::support::{
    Platform,
    answers::{Answers, assert_answers},
};

#[tokio::test]
async fn a_login_goes_to_the_provider_and_back_to_the_web_client() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let browser = platform.browser();
    let started = browser
        .get("/api/auth/google/login?login_hint=user@example.com&next=/styles/7")
        .await;
    answers.add(&started);
    assert!(started.location().starts_with(platform.login.issuer()));
    let consent = browser.get(started.location()).await;
    answers.add(&browser.get(consent.location()).await);
    // A callback works once.
    answers.add(&platform.browser().get(consent.location()).await);
    answers.add(&browser.get("/api/auth/google/callback?error=access_denied").await);
    assert_answers!(answers, &platform);
}

#[tokio::test]
async fn users_see_their_account_and_sign_out() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let user = platform.user("user@example.com").await;
    answers.add(&user.get("/api/auth/me").await);

    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let me = answers.add(&artist.get("/api/auth/me").await);
    let signature = me["artist"]["signature_image_url"].as_str();
    assert!(
        signature.is_some_and(|url| url.contains("X-Amz-Expires=3600") && url.contains("X-Amz-Signature="))
    );
    // The role is admin; the user is still an artist.
    platform.make_admin("artist").await;
    answers.add(&artist.get("/api/auth/me").await);

    answers.add(&user.post("/api/auth/logout", &json!({})).await);
    answers.add(&user.get("/api/auth/me").await);
    assert_answers!(answers, &platform);
}
