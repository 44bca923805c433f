//! Answers of profiles, profile changes, upgrade to artist and deletion.

use reqwest::multipart::Form;
use serde_json::json;
use testkit::{client::file, images};

use super::{ME, patch_form, profile_path};
use crate::support::{
    Platform,
    answers::{Answers, assert_answers},
    fixture::Fixture,
    media::data_url,
};

const UPGRADE: &str = "/api/users/me/upgrade-to-artist";

#[tokio::test]
async fn users_see_each_other() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let image = fixture.create_generation().await;
    fixture.complete(image).await;
    let artist = profile_path(&fixture.artist).await;
    let visitor = fixture.platform.browser();
    answers.add(&visitor.get(&artist).await);
    answers.add(&fixture.user.get(&artist).await);
    let follow = fixture.user.post(&format!("{artist}/follow"), &json!({})).await;
    follow.data(200);
    answers.add(&fixture.user.get(&artist).await);
    answers.add(&visitor.get(&profile_path(&fixture.user).await).await);
    answers.add(&visitor.get("/api/users/999999999").await);
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn users_update_their_profile() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let user = platform.user("user@example.com").await;
    platform.user("taken@example.com").await;
    let png = data_url("image/png", &images::png(60, 60, 1));
    let gif = data_url("image/png", b"GIF89a");
    let change = json!({"username": "mina", "bio": "Ink and rain.", "profile_image": png});
    answers.add(&user.patch(ME, &change).await);
    let form = Form::new()
        .text("bio", "먹과 비")
        .part("profile_image", file(images::png(60, 60, 2), "a.png"));
    answers.add(&patch_form(&user, form).await);
    let created = user.me().await["created_at"].clone();
    for body in [
        json!({"profile_image": null, "bio": null}),
        json!({"username": "taken"}),
        json!({"username": "ab", "bio": "x".repeat(501), "profile_image": "picture.png"}),
        json!({"profile_image": gif}),
    ] {
        answers.add(&user.patch(ME, &body).await);
    }
    assert_eq!(user.me().await["created_at"], created);
    let heavy = Form::new().part("profile_image", file(vec![0x89; 5 * 1024 * 1024 + 1], "a.png"));
    answers.add(&patch_form(&user, heavy).await);
    assert_answers!(answers, &platform);
}

#[tokio::test]
async fn users_become_artists_by_json_or_form() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let user = platform.user("user@example.com").await;
    let form = |name: &'static str, signature: Vec<u8>| {
        Form::new()
            .text("artist_name", name)
            .text("verified_email", "studio@example.com")
            .part("signature_image", file(signature, "signature.png"))
    };
    let json = |signature: &[u8]| {
        json!({"artist_name": "Test Artist", "verified_email": "studio@example.com",
            "signature_image": data_url("image/png", signature)})
    };
    let bad = json!({"artist_name": " ", "verified_email": "nobody", "signature_image": "signature.png"});
    answers.add(&user.post(UPGRADE, &bad).await);
    answers.add(&user.post(UPGRADE, &json(b"GIF89a")).await);
    let heavy = form("Test Artist", vec![0x89; 2 * 1024 * 1024 + 1]);
    answers.add(&user.post_form(UPGRADE, heavy).await);
    let png = images::png(120, 40, 3);
    answers.add(&user.post(UPGRADE, &json(&png)).await);
    answers.add(&user.post(UPGRADE, &json(&png)).await);
    let other = platform.user("other@example.com").await;
    answers.add(&other.post_form(UPGRADE, form("둘째 작가", png)).await);
    assert_answers!(answers, &platform);
}

#[tokio::test]
async fn users_delete_their_account() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let user = platform.user("user@example.com").await;
    let deleted = user.delete(ME).await;
    answers.add(&deleted);
    let cookies = deleted.headers.get_all("set-cookie").iter();
    let cleared: Vec<&str> = cookies
        .map(|cookie| cookie.to_str().expect("plain text"))
        .collect();
    for name in ["sessionid=", "csrftoken="] {
        let cookie = cleared.iter().find(|cookie| cookie.starts_with(name));
        assert!(
            cookie.is_some_and(|cookie| cookie.contains("Max-Age=0")),
            "{cleared:?}"
        );
    }
    answers.add(&user.delete(ME).await);
    assert_answers!(answers, &platform);
}
