//! Images shown to everybody, and the feed.

use serde_json::{Value, json};

use super::{
    generations::{finished, request},
    page,
};
use crate::support::{expect::Known, shown::Shown, stage::Stage};

pub(super) const SHOWN: Shown = &[
    (
        "PATCH /api/generations/{id}",
        &[
            "200",
            "403 FORBIDDEN",
            "404 GENERATION_NOT_FOUND",
            "409 GENERATION_STILL_PROCESSING",
            "422 VALIDATION_ERROR",
        ],
    ),
    (
        "GET /api/generations/feed",
        &["200", "422 VALIDATION_ERROR", "422 INVALID_TAG_LANGUAGE"],
    ),
];

#[tokio::test]
async fn an_image_is_shown_to_everybody_and_hidden_again() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let id = stage.requested().await;
    let path = format!("/api/generations/{id}");
    let show = json!({"is_public": true, "description": "A boat."});
    let early = stage.user.patch(&path, &show).await;
    known.error(&early, 409, "GENERATION_STILL_PROCESSING", &Value::Null);
    stage.complete(id).await;
    let not_theirs = stage.artist.patch(&path, &show).await;
    known.error(&not_theirs, 404, "GENERATION_NOT_FOUND", &Value::Null);

    let mut shown = request("completed", "captured", &finished(&json!("A boat."), true));
    known.data(&stage.user.patch(&path, &show).await, 200, &shown);
    let not_theirs = stage.artist.patch(&path, &json!({"is_public": false})).await;
    known.error(&not_theirs, 403, "FORBIDDEN", &Value::Null);
    let anybody = stage.platform.browser();
    shown.as_object_mut().expect("fields").remove("settlement");
    let item = json!({"id": "<id:image>", "user": {"id": "<id:user>", "username": "user", "profile_image": null},
        "style": {"id": "<id:style>", "name": "Bands"}, "result_url": "<url:result>", "description": "A boat.",
        "like_count": 0, "comment_count": 0, "is_liked": false, "tags": ["sea", "boat"], "created_at": "<time>"});
    for reader in [&anybody, &stage.artist] {
        known.data(&reader.get(&path).await, 200, &shown);
        let feed = reader
            .get("/api/generations/feed?tags=sea,boat&sort=popular")
            .await;
        known.data(&feed, 200, &page(&json!([item])));
    }
    stage
        .artist
        .post(&format!("{path}/like"), &json!({}))
        .await
        .data(200);
    let mut liked = item.clone();
    liked["like_count"] = json!(1);
    let feed = anybody.get("/api/generations/feed").await;
    known.data(&feed, 200, &page(&json!([liked])));
    liked["is_liked"] = json!(true);
    let feed = stage.artist.get("/api/generations/feed").await;
    known.data(&feed, 200, &page(&json!([liked])));

    let bad = json!({"is_public": "perhaps", "description": "x".repeat(1001)});
    let details =
        json!({"is_public": "Must be true or false.", "description": "Must have at most 1000 characters."});
    let refused = stage.user.patch(&path, &bad).await;
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    let refused = anybody
        .get("/api/generations/feed?sort=best&user_id=x&style_id=1.5&limit=0")
        .await;
    let details = json!({"sort": "Must be one of: recent, popular.", "user_id": "Must be a whole number.",
        "style_id": "Must be a whole number.", "limit": "Must be between 1 and 100."});
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    let refused = anybody
        .get("/api/generations/feed?tags=sea,%EB%B0%94%EB%8B%A4")
        .await;
    let details = json!({"tags": "Must be in English: letters, digits, space, _ ' and - only."});
    known.error(&refused, 422, "INVALID_TAG_LANGUAGE", &details);

    stage
        .user
        .patch(&path, &json!({"is_public": false}))
        .await
        .data(200);
    let feed = anybody.get("/api/generations/feed").await;
    known.data(&feed, 200, &page(&json!([])));
    known.error(
        &anybody.get(&path).await,
        404,
        "GENERATION_NOT_FOUND",
        &Value::Null,
    );
    known.shows(SHOWN);
}
