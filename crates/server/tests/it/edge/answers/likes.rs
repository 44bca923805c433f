//! Likes.

use serde_json::{Value, json};

use crate::support::{expect::Known, shown::Shown, stage::Stage};

pub(super) const LIKES: Shown = &[
    (
        "POST /api/generations/{id}/like",
        &[
            "200",
            "404 GENERATION_NOT_FOUND",
            "409 DUPLICATE_LIKE",
            "409 GENERATION_STILL_PROCESSING",
        ],
    ),
    (
        "DELETE /api/generations/{id}/like",
        &[
            "204",
            "404 GENERATION_NOT_FOUND",
            "409 GENERATION_STILL_PROCESSING",
        ],
    ),
];

#[tokio::test]
async fn images_are_liked_and_not_liked_any_more() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let id = stage.requested().await;
    let path = format!("/api/generations/{id}/like");
    let none = json!({});
    known.error(
        &stage.user.post(&path, &none).await,
        409,
        "GENERATION_STILL_PROCESSING",
        &Value::Null,
    );
    known.error(
        &stage.user.delete(&path).await,
        409,
        "GENERATION_STILL_PROCESSING",
        &Value::Null,
    );
    stage.complete(id).await;
    known.error(
        &stage.artist.post(&path, &none).await,
        404,
        "GENERATION_NOT_FOUND",
        &Value::Null,
    );
    known.error(
        &stage.artist.delete(&path).await,
        404,
        "GENERATION_NOT_FOUND",
        &Value::Null,
    );
    let liked = stage.user.post(&path, &none).await;
    known.data(&liked, 200, &json!({"liked": true, "like_count": 1}));
    known.error(
        &stage.user.post(&path, &none).await,
        409,
        "DUPLICATE_LIKE",
        &Value::Null,
    );
    known.nothing(&stage.user.delete(&path).await);
    known.shows(LIKES);
}
