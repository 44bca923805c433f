//! Likes, comments and follows.

mod comments;
mod follows;
mod likes;

use serde_json::{Value, json};
use testkit::client::Client;

use crate::support::stage::Stage;

/// A public image of the stage's user.
pub async fn public_image(stage: &Stage) -> i64 {
    let image = stage.requested().await;
    stage.complete(image).await;
    show(&stage.user, image, true).await;
    image
}

/// Makes an image public or private.
async fn show(owner: &Client, image: i64, is_public: bool) {
    owner
        .patch(
            &format!("/api/generations/{image}"),
            &json!({"is_public": is_public}),
        )
        .await
        .data(200);
}

pub fn like_path(image: i64) -> String {
    format!("/api/generations/{image}/like")
}

fn comments_path(image: i64) -> String {
    format!("/api/generations/{image}/comments")
}

/// Writes a comment, or a reply; returns its id.
pub async fn remark(user: &Client, image: i64, parent: Option<i64>, content: &str) -> i64 {
    let body = json!({"content": content, "parent_id": parent});
    let written = user.post(&comments_path(image), &body).await.data(201);
    written["id"].as_i64().expect("an id")
}

/// The notifications of one type.
pub async fn told(user: &Client, kind: &str) -> Vec<Value> {
    let inbox = user.get("/api/notifications?limit=100").await.data(200);
    let all = inbox["results"].as_array().expect("notifications");
    all.iter().filter(|note| note["type"] == kind).cloned().collect()
}

/// Likes and comments as they are shown and as they are stored.
async fn assert_counts(stage: &Stage, image: i64, likes: i64, comments: i64) {
    let seen = stage.seen(image).await;
    assert_eq!(
        (&seen["like_count"], &seen["comment_count"]),
        (&json!(likes), &json!(comments))
    );
    for (table, expected) in [("post_likes", likes), ("comments", comments)] {
        let sql = format!("SELECT count(*) AS n FROM {table} WHERE generation_id = {image}");
        assert_eq!(stage.platform.count(&sql).await, expected, "{table}");
    }
}
