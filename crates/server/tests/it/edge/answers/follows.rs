//! Following artists.

use serde_json::{Value, json};

use super::page;
use crate::support::{Platform, expect::Known, shown::Shown};

pub(super) const FOLLOWS: Shown = &[
    (
        "POST /api/users/{id}/follow",
        &[
            "200",
            "400 SELF_FOLLOW_NOT_ALLOWED",
            "404 NOT_FOUND",
            "409 DUPLICATE_FOLLOW",
        ],
    ),
    ("DELETE /api/users/{id}/follow", &["204", "404 NOT_FOUND"]),
    ("GET /api/users/me/following", &["200", "422 VALIDATION_ERROR"]),
];

#[tokio::test]
async fn people_follow_artists_and_stop() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let id = artist.get("/api/auth/me").await.data(200)["id"].clone();
    let fan = platform.user("fan@example.com").await;
    let path = format!("/api/users/{id}/follow");
    let following = "/api/users/me/following";

    known.data(&fan.get(following).await, 200, &page(&json!([])));
    let followed = fan.post(&path, &json!({})).await;
    known.data(&followed, 200, &json!({"following": true, "follower_count": 1}));
    let again = fan.post(&path, &json!({})).await;
    known.error(&again, 409, "DUPLICATE_FOLLOW", &Value::Null);
    let row = json!({"id": "<id:artist>", "username": "artist", "profile_image": null, "artist_name": "Test Artist",
        "role": "artist", "follower_count": 1, "followed_at": "<time>"});
    known.data(&fan.get(following).await, 200, &page(&json!([row])));
    known.nothing(&fan.delete(&path).await);

    let oneself = artist.post(&path, &json!({})).await;
    known.error(&oneself, 400, "SELF_FOLLOW_NOT_ALLOWED", &Value::Null);
    for nobody in ["999999999", "me2"] {
        let path = format!("/api/users/{nobody}/follow");
        known.error(&fan.post(&path, &json!({})).await, 404, "NOT_FOUND", &Value::Null);
        known.error(&fan.delete(&path).await, 404, "NOT_FOUND", &Value::Null);
    }
    let details = json!({"limit": "Must be between 1 and 100."});
    let refused = fan.get(&format!("{following}?limit=0")).await;
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    known.shows(FOLLOWS);
}
