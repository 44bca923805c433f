//! Notifications.

use serde_json::json;

use crate::{
    social::{like_path, notifications_of_type, post_comment, public_image},
    support::{
        answers::{Answers, assert_answers},
        fixture::{FINAL_FAILURE, Fixture},
    },
};

const INBOX: &str = "/api/notifications";

#[tokio::test]
async fn every_kind_is_listed() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let image = public_image(&fixture).await;
    let failed = fixture.create_generation().await;
    fixture.fail(failed, FINAL_FAILURE).await;
    let fan = fixture.platform.user("fan@example.com").await;
    fan.post(&like_path(image), &json!({})).await.data(200);
    post_comment(&fan, image, None, "Lovely.").await;
    let artist = fixture.artist.me().await["id"].clone();
    let follow = fan.post(&format!("/api/users/{artist}/follow"), &json!({})).await;
    follow.data(200);
    let (second, waiting) = fixture.untrained_style().await;
    fixture.platform.fail_training(waiting).await;
    for reader in [&fixture.user, &fixture.artist, &second] {
        answers.add(&reader.get(INBOX).await);
    }
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn notifications_are_read_one_by_one_and_all_at_once() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    for _ in 0..4 {
        let image = fixture.create_generation().await;
        fixture.complete(image).await;
    }
    let inbox = fixture.user.get(INBOX).await.data(200);
    let read = format!("{INBOX}/{}/read", inbox["results"][0]["id"]);
    answers.add(&fixture.user.patch(&read, &json!({})).await);
    answers.add(&fixture.artist.patch(&read, &json!({})).await);
    answers.add(&fixture.user.post(&format!("{INBOX}/read-all"), &json!({})).await);
    for query in ["unread_only=true", "unread_only=perhaps&limit=0"] {
        answers.add(&fixture.user.get(&format!("{INBOX}?{query}")).await);
    }
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn every_kind_has_its_target() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let failed = fixture.create_generation().await;
    fixture.fail(failed, FINAL_FAILURE).await;
    let (second, style) = fixture.untrained_style().await;
    fixture.platform.fail_training(style).await;
    let fan = fixture.platform.user("fan@example.com").await;
    fan.post(&like_path(image), &json!({})).await.data(200);
    post_comment(&fan, image, None, "Lovely.").await;

    for (person, kind, target_type, id) in [
        (&fixture.user, "generation_complete", "generation", image),
        (&fixture.user, "generation_failed", "generation", failed),
        (&fixture.user, "like", "generation", image),
        (&fixture.artist, "style_training_complete", "style", fixture.style),
        (&second, "style_training_failed", "style", style),
    ] {
        let notes = notifications_of_type(person, kind).await;
        assert_eq!(notes.len(), 1, "{kind}: {notes:?}");
        let note = &notes[0];
        assert_eq!(
            (&note["target_type"], &note["target_id"], &note["target"]["id"]),
            (&json!(target_type), &json!(id), &json!(id)),
            "{kind}"
        );
        assert_eq!(note["actor"].is_null(), kind != "like", "{kind}");
    }
    assert_eq!(notifications_of_type(&fixture.user, "comment").await.len(), 1);
}

#[tokio::test]
async fn notifications_are_marked_as_read_one_by_one_or_together() {
    let fixture = Fixture::start(5).await;
    for _ in 0..3 {
        let image = fixture.create_generation().await;
        fixture.complete(image).await;
    }
    let inbox = fixture.user.get("/api/notifications").await.data(200);
    assert_eq!(
        (&inbox["unread_count"], &inbox["has_more"]),
        (&json!(3), &json!(false))
    );
    let first = &inbox["results"][0]["id"];
    for _ in 0..2 {
        let read = fixture
            .user
            .patch(&format!("/api/notifications/{first}/read"), &json!({}))
            .await;
        assert_eq!(read.data(200), json!({"id": first, "is_read": true}));
    }
    let unread = fixture
        .user
        .get("/api/notifications?unread_only=true")
        .await
        .data(200);
    assert_eq!(
        (
            unread["results"].as_array().expect("a list").len(),
            &unread["unread_count"]
        ),
        (2, &json!(2))
    );
    fixture
        .artist
        .patch(&format!("/api/notifications/{first}/read"), &json!({}))
        .await
        .error(404, "NOT_FOUND");
    for expected in [2, 0] {
        let all = fixture
            .user
            .post("/api/notifications/read-all", &json!({}))
            .await
            .data(200);
        assert_eq!(all, json!({"updated_count": expected}));
    }
    fixture
        .user
        .get("/api/notifications?unread_only=perhaps")
        .await
        .error(422, "VALIDATION_ERROR");
}
