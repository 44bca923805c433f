//! Likes, comments and notifications.

use serde_json::json;

use super::{assert_fields, assert_time};
use crate::support::stage::Stage;

const PERSON: &str = "id username profile_image";

fn with(prefix: &str, names: &str) -> String {
    let names: Vec<String> = names
        .split_whitespace()
        .map(|name| format!("{prefix}{name}"))
        .collect();
    names.join(" ")
}

#[tokio::test]
async fn a4_likes_comments_and_notifications() {
    let stage = Stage::set(5).await;
    let image = stage.requested().await;
    stage.complete(image).await;
    let path = format!("/api/generations/{image}");
    stage
        .user
        .patch(&path, &json!({"is_public": true}))
        .await
        .data(200);

    let liked = stage
        .artist
        .post(&format!("{path}/like"), &json!({}))
        .await
        .data(200);
    assert_eq!(liked, json!({"liked": true, "like_count": 1}));
    let answer = stage
        .artist
        .post(&format!("{path}/comments"), &json!({"content": "Mine!"}))
        .await;
    let mut comment = answer.data(201);
    let id = comment["id"].as_i64().expect("an id");
    assert_eq!(answer.location(), format!("/api/comments/{id}"));
    for time in ["created_at", "updated_at"] {
        assert_time(&comment[time].take());
    }
    let me = stage.artist.get("/api/auth/me").await.data(200);
    assert_eq!(
        comment,
        json!({"id": id, "user": {"id": me["id"], "username": "artist", "profile_image": null}, "content": "Mine!",
            "like_count": 0, "parent_id": null, "replies": [], "reply_count": 0, "created_at": null,
            "updated_at": null})
    );
    let list = stage.user.get(&format!("{path}/comments")).await.data(200);
    let own = format!(
        "id content like_count parent_id replies reply_count created_at updated_at {}",
        with("user.", PERSON)
    );
    let page = "next_cursor has_more";
    assert_fields("comments", &list, &format!("{page} {}", with("results[].", &own)));

    let inbox = stage.user.get("/api/notifications?limit=1").await.data(200);
    let note = format!(
        "id type target_type target_id is_read created_at {} target.id target.generation_id \
        target.content metadata.excerpt metadata.generation_id",
        with("actor.", PERSON)
    );
    assert_fields(
        "notifications",
        &inbox,
        &format!("{page} unread_count {}", with("results[].", &note)),
    );
    let read = stage
        .user
        .patch(
            &format!("/api/notifications/{}/read", inbox["results"][0]["id"]),
            &json!({}),
        )
        .await;
    assert_fields("read", &read.data(200), "id is_read");
    let all = stage
        .user
        .post("/api/notifications/read-all", &json!({}))
        .await
        .data(200);
    assert_fields("read all", &all, "updated_count");
}
