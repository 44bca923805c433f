//! Likes, comments and follows.

mod answers;
mod comments;
mod likes;

use serde_json::{Value, json};
use testkit::client::Client;

use crate::support::fixture::Fixture;

/// Publishes an image of the fixture's user.
pub async fn public_image(fixture: &Fixture) -> i64 {
    fixture.platform.public_image(&fixture.user, fixture.style).await
}

pub fn like_path(image: i64) -> String {
    format!("/api/generations/{image}/like")
}

fn comments_path(image: i64) -> String {
    format!("/api/generations/{image}/comments")
}

/// Writes a comment, or a reply; returns its id.
pub async fn post_comment(user: &Client, image: i64, parent: Option<i64>, content: &str) -> i64 {
    let body = json!({"content": content, "parent_id": parent});
    let created = user.post(&comments_path(image), &body).await.data(201);
    created["id"].as_i64().expect("an id")
}

/// The notifications of one type.
pub async fn notifications_of_type(user: &Client, kind: &str) -> Vec<Value> {
    let inbox = user.get("/api/notifications?limit=100").await.data(200);
    let all = inbox["results"].as_array().expect("notifications");
    all.iter().filter(|note| note["type"] == kind).cloned().collect()
}

/// Asserts the number of likes and comments, as shown and as stored.
async fn assert_counts(fixture: &Fixture, image: i64, likes: i64, comments: i64) {
    let seen = fixture.generation(image).await;
    assert_eq!(
        (&seen["like_count"], &seen["comment_count"]),
        (&json!(likes), &json!(comments))
    );
    for (table, expected) in [("post_likes", likes), ("comments", comments)] {
        let sql = format!("SELECT count(*) AS n FROM {table} WHERE generation_id = {image}");
        assert_eq!(fixture.platform.count(&sql).await, expected, "{table}");
    }
}
