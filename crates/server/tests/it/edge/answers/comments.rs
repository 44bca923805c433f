//! Comments.

use serde_json::{Value, json};

use super::page;
use crate::support::{expect::Known, shown::Shown, stage::Stage};

pub(super) const COMMENTS: Shown = &[
    (
        "GET /api/generations/{id}/comments",
        &[
            "200",
            "404 GENERATION_NOT_FOUND",
            "409 GENERATION_STILL_PROCESSING",
            "422 VALIDATION_ERROR",
        ],
    ),
    (
        "POST /api/generations/{id}/comments",
        &[
            "201",
            "404 GENERATION_NOT_FOUND",
            "404 COMMENT_NOT_FOUND",
            "409 GENERATION_STILL_PROCESSING",
            "422 VALIDATION_ERROR",
            "422 REPLY_DEPTH_EXCEEDED",
        ],
    ),
];

/// A comment by the stage's user or artist (`name` of the masks and of the account).
fn comment(id: &str, name: &str, content: &str, replies: &[Value]) -> Value {
    json!({"id": format!("<id:{id}>"), "user": {"id": format!("<id:{name}>"), "username": name, "profile_image": null},
        "content": content, "like_count": 0, "parent_id": null, "replies": replies, "reply_count": replies.len(),
        "created_at": "<time>", "updated_at": "<time>"})
}

/// A public image of the stage's user: its comments' path.
async fn public_image(stage: &Stage) -> String {
    let id = stage.requested().await;
    stage.complete(id).await;
    let path = format!("/api/generations/{id}");
    stage
        .user
        .patch(&path, &json!({"is_public": true}))
        .await
        .data(200);
    format!("{path}/comments")
}

#[tokio::test]
async fn people_comment_and_reply() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let path = public_image(&stage).await;
    let written = stage.artist.post(&path, &json!({"content": " Mine! "})).await;
    let mut first = comment("comment", "artist", "Mine!", &[]);
    let id = known.data(&written, 201, &first)["id"].clone();
    assert_eq!(written.location(), format!("/api/comments/{id}"));
    let mut reply = comment("reply", "user", "Yours.", &[]);
    reply["parent_id"] = json!("<id:comment>");
    let answer = json!({"content": "Yours.", "parent_id": id});
    let written = stage.user.post(&path, &answer).await;
    let reply_id = known.data(&written, 201, &reply)["id"].clone();
    first["replies"] = json!([reply]);
    first["reply_count"] = json!(1);
    let anybody = stage.platform.browser();
    known.data(&anybody.get(&path).await, 200, &page(&json!([first])));
    let replies = anybody.get(&format!("{path}?parent_id={id}")).await;
    known.data(&replies, 200, &page(&json!([reply])));

    let deeper = json!({"content": "Deeper.", "parent_id": reply_id});
    let refused = stage.user.post(&path, &deeper).await;
    known.error(&refused, 422, "REPLY_DEPTH_EXCEEDED", &Value::Null);
    let orphan = json!({"content": "To nobody.", "parent_id": 999_999_999});
    let refused = stage.user.post(&path, &orphan).await;
    known.error(&refused, 404, "COMMENT_NOT_FOUND", &Value::Null);
    let refused = stage
        .user
        .post(&path, &json!({"content": " ", "parent_id": "x"}))
        .await;
    let details = json!({"content": "This field is required.", "parent_id": "Must be a whole number."});
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    let refused = anybody.get(&format!("{path}?limit=0&parent_id=x")).await;
    let details = json!({"limit": "Must be between 1 and 100.", "parent_id": "Must be a whole number."});
    known.error(&refused, 422, "VALIDATION_ERROR", &details);

    let waiting = format!("/api/generations/{}/comments", stage.requested().await);
    let remark = json!({"content": "Too early."});
    for (reader, status, code) in [
        (&stage.user, 409, "GENERATION_STILL_PROCESSING"),
        (&stage.artist, 404, "GENERATION_NOT_FOUND"),
    ] {
        known.error(&reader.get(&waiting).await, status, code, &Value::Null);
        known.error(&reader.post(&waiting, &remark).await, status, code, &Value::Null);
    }
    known.shows(COMMENTS);
}

pub(super) const ONE_COMMENT: Shown = &[
    (
        "PATCH /api/comments/{id}",
        &[
            "200",
            "403 FORBIDDEN",
            "404 COMMENT_NOT_FOUND",
            "422 VALIDATION_ERROR",
        ],
    ),
    (
        "DELETE /api/comments/{id}",
        &["204", "403 FORBIDDEN", "404 COMMENT_NOT_FOUND"],
    ),
];

#[tokio::test]
async fn authors_edit_and_remove_what_they_said() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let image = public_image(&stage).await;
    let written = stage.artist.post(&image, &json!({"content": "Frist."})).await;
    let path = format!("/api/comments/{}", written.data(201)["id"]);
    let edit = json!({"content": "First."});
    let edited = stage.artist.patch(&path, &edit).await;
    known.data(&edited, 200, &comment("comment", "artist", "First.", &[]));
    let refused = stage
        .artist
        .patch(&path, &json!({"content": "x".repeat(1001)}))
        .await;
    let details = json!({"content": "Must have at most 1000 characters."});
    known.error(&refused, 422, "VALIDATION_ERROR", &details);
    known.error(
        &stage.user.patch(&path, &edit).await,
        403,
        "FORBIDDEN",
        &Value::Null,
    );
    known.error(&stage.user.delete(&path).await, 403, "FORBIDDEN", &Value::Null);
    known.nothing(&stage.artist.delete(&path).await);
    for answer in [
        stage.artist.patch(&path, &edit).await,
        stage.artist.delete(&path).await,
    ] {
        known.error(&answer, 404, "COMMENT_NOT_FOUND", &Value::Null);
    }
    known.shows(ONE_COMMENT);
}
