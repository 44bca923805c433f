//! Answers of comments, likes and follows.

use serde_json::json;

use super::{comments_path, like_path, public_image};
use crate::support::{
    Platform,
    answers::{Answers, assert_answers},
    fixture::Fixture,
};

#[tokio::test]
async fn users_comment_and_reply() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let visitor = fixture.platform.browser();
    let path = comments_path(public_image(&fixture).await);
    let comment = json!({"content": " Mine! "});
    let id = answers.add(&fixture.artist.post(&path, &comment).await)["id"].clone();
    let reply = json!({"content": "Yours.", "parent_id": id});
    let reply = answers.add(&fixture.user.post(&path, &reply).await)["id"].clone();
    answers.add(&visitor.get(&path).await);
    answers.add(&visitor.get(&format!("{path}?parent_id={id}")).await);
    for body in [
        json!({"content": "Deeper.", "parent_id": reply}),
        json!({"content": "To nobody.", "parent_id": 999_999_999}),
        json!({"content": " ", "parent_id": "x"}),
    ] {
        answers.add(&fixture.user.post(&path, &body).await);
    }
    answers.add(&visitor.get(&format!("{path}?limit=0&parent_id=x")).await);

    let queued = comments_path(fixture.create_generation().await);
    let early = json!({"content": "Too early."});
    for reader in [&fixture.user, &fixture.artist] {
        answers.add(&reader.get(&queued).await);
        answers.add(&reader.post(&queued, &early).await);
    }
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn authors_edit_and_delete_their_comments() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let image = public_image(&fixture).await;
    let id = super::post_comment(&fixture.artist, image, None, "Frist.").await;
    let path = format!("/api/comments/{id}");
    let edit = json!({"content": "First."});
    answers.add(&fixture.artist.patch(&path, &edit).await);
    let long = json!({"content": "x".repeat(1001)});
    answers.add(&fixture.artist.patch(&path, &long).await);
    answers.add(&fixture.user.patch(&path, &edit).await);
    answers.add(&fixture.user.delete(&path).await);
    answers.add(&fixture.artist.delete(&path).await);
    answers.add(&fixture.artist.patch(&path, &edit).await);
    answers.add(&fixture.artist.delete(&path).await);
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn images_are_liked_and_unliked() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let id = fixture.create_generation().await;
    let path = like_path(id);
    let nothing = json!({});
    answers.add(&fixture.user.post(&path, &nothing).await);
    answers.add(&fixture.user.delete(&path).await);
    fixture.complete(id).await;
    answers.add(&fixture.artist.post(&path, &nothing).await);
    answers.add(&fixture.artist.delete(&path).await);
    answers.add(&fixture.user.post(&path, &nothing).await);
    answers.add(&fixture.user.post(&path, &nothing).await);
    answers.add(&fixture.user.delete(&path).await);
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn users_follow_and_unfollow_artists() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let artist = platform.user("artist@example.com").await;
    let id = artist.become_artist("Test Artist").await["user"]["id"].clone();
    let fan = platform.user("fan@example.com").await;
    let path = format!("/api/users/{id}/follow");
    let following = "/api/users/me/following";
    let nothing = json!({});

    answers.add(&fan.get(following).await);
    answers.add(&fan.post(&path, &nothing).await);
    answers.add(&fan.post(&path, &nothing).await);
    answers.add(&fan.get(following).await);
    answers.add(&fan.delete(&path).await);
    answers.add(&artist.post(&path, &nothing).await);
    for nobody in ["999999999", "me2"] {
        let path = format!("/api/users/{nobody}/follow");
        answers.add(&fan.post(&path, &nothing).await);
        answers.add(&fan.delete(&path).await);
    }
    answers.add(&fan.get(&format!("{following}?limit=0")).await);
    assert_answers!(answers, &platform);
}
