//! Answers of generations in every state, private and public.

use serde_json::json;

use crate::support::{
    answers::{Answers, assert_answers},
    fixture::{FINAL_FAILURE, Fixture, outcome},
};

#[tokio::test]
async fn an_image_is_generated() {
    let fixture = Fixture::start(60).await;
    let mut answers = Answers::new();
    let (artist, waiting) = fixture.untrained_style().await;
    answers.add(&fixture.user.generate(fixture.style, "1:2").await);
    answers.add(&fixture.user.generate(fixture.style, "1:1").await);
    answers.add(&fixture.user.generate(999_999_999, "1:1").await);
    answers.add(&artist.generate(waiting, "1:1").await);
    for body in [
        json!({"style_id": fixture.style, "prompt_tags": ["sea", "바다"], "aspect_ratio": "1:1"}),
        json!({"style_id": "7", "prompt_tags": [], "description": 5, "aspect_ratio": "16:9", "seed": -1}),
    ] {
        answers.add(&fixture.user.post("/api/generations", &body).await);
    }
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn a_generation_is_shown_in_every_state() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let id = fixture.create_generation().await;
    let path = format!("/api/generations/{id}");
    let mine = "/api/generations/me";
    let in_progress = "/api/generations/me?status=processing";
    for path in [
        path.as_str(),
        mine,
        "/api/generations/me?status=queued&is_public=false",
    ] {
        answers.add(&fixture.user.get(path).await);
    }
    fixture.progress(id).await;
    for path in [path.as_str(), in_progress] {
        answers.add(&fixture.user.get(path).await);
    }
    fixture.fail(id, "GPU_OOM").await;
    for path in [path.as_str(), in_progress] {
        answers.add(&fixture.user.get(path).await);
    }
    fixture.complete(id).await;
    for path in [
        path.as_str(),
        mine,
        "/api/generations/me?status=failed",
        "/api/generations/me?status=done&is_public=maybe&limit=101",
    ] {
        answers.add(&fixture.user.get(path).await);
    }
    for reader in [&fixture.artist, &fixture.platform.browser()] {
        answers.add(&reader.get(&path).await);
    }
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn a_generation_is_canceled_or_fails() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let id = fixture.create_generation().await;
    let path = format!("/api/generations/{id}");
    let cancel = format!("{path}/cancel");
    answers.add(&fixture.artist.post(&cancel, &json!({})).await);
    answers.add(&fixture.user.post(&cancel, &json!({})).await);
    answers.add(&fixture.user.get(&path).await);
    answers.add(&fixture.user.post(&cancel, &json!({})).await);
    // A late completion changes nothing.
    let report = fixture.complete(id).await;
    assert_eq!(report, outcome(false, "canceled"));
    answers.add(&fixture.user.get(&path).await);

    let id = fixture.create_generation().await;
    fixture.fail(id, FINAL_FAILURE).await;
    answers.add(&fixture.user.get(&format!("/api/generations/{id}")).await);
    let page = "/api/generations/me?status=failed&limit=1";
    answers.add(&fixture.user.get(page).await);
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn an_image_is_made_public_and_private() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let visitor = fixture.platform.browser();
    let id = fixture.create_generation().await;
    let path = format!("/api/generations/{id}");
    let feed = "/api/generations/feed";
    let (show, hide) = (
        json!({"is_public": true, "description": "A boat."}),
        json!({"is_public": false}),
    );
    answers.add(&fixture.user.patch(&path, &show).await);
    fixture.complete(id).await;
    answers.add(&fixture.artist.patch(&path, &show).await);
    answers.add(&fixture.user.patch(&path, &show).await);
    answers.add(&fixture.artist.patch(&path, &hide).await);
    for reader in [&visitor, &fixture.artist] {
        answers.add(&reader.get(&path).await);
        answers.add(&reader.get(&format!("{feed}?tags=sea,boat&sort=popular")).await);
    }
    let like = fixture.artist.post(&format!("{path}/like"), &json!({})).await;
    like.data(200);
    answers.add(&visitor.get(feed).await);
    answers.add(&fixture.artist.get(feed).await);

    let bad = json!({"is_public": "perhaps", "description": "x".repeat(1001)});
    answers.add(&fixture.user.patch(&path, &bad).await);
    for query in [
        "sort=best&user_id=x&style_id=1.5&limit=0",
        "tags=sea,%EB%B0%94%EB%8B%A4",
    ] {
        answers.add(&visitor.get(&format!("{feed}?{query}")).await);
    }
    fixture.user.patch(&path, &hide).await.data(200);
    answers.add(&visitor.get(feed).await);
    answers.add(&visitor.get(&path).await);
    assert_answers!(answers, &fixture.platform);
}
