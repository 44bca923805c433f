//! Notifications of all seven kinds.

use serde_json::{Value, json};
use testkit::client::Client;

use super::page;
use crate::support::{
    expect::Known,
    shown::Shown,
    stage::{FINAL_FAILURE, Stage},
};

pub(super) const TOLD: Shown = &[("GET /api/notifications", &["200"])];

const INBOX: &str = "/api/notifications";

/// An unread notification.
fn note(kind: &str, actor: &Value, target: (&str, &str, &Value), metadata: &Value) -> Value {
    let (target_type, target_id, target) = target;
    json!({"id": "<id>", "type": kind, "actor": actor, "target_type": target_type, "target_id": target_id,
        "target": target, "metadata": metadata, "is_read": false, "created_at": "<time>"})
}

/// Asserts what somebody is told, newest first, all of it unread.
async fn told(known: &mut Known, who: &Client, notes: &[Value]) {
    let mut inbox = page(&json!(notes));
    inbox["unread_count"] = json!(notes.len());
    known.data(&who.get(INBOX).await, 200, &inbox);
}

#[tokio::test]
async fn every_kind_is_told() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let image = stage.requested().await;
    stage.complete(image).await;
    let path = format!("/api/generations/{image}");
    stage
        .user
        .patch(&path, &json!({"is_public": true}))
        .await
        .data(200);
    let failed = stage.requested().await;
    stage.fail(failed, FINAL_FAILURE).await;
    let fan = stage.platform.user("fan@example.com").await;
    fan.post(&format!("{path}/like"), &json!({})).await.data(200);
    let remark = json!({"content": "Lovely."});
    fan.post(&format!("{path}/comments"), &remark).await.data(201);
    let artist = stage.artist.get("/api/auth/me").await.data(200)["id"].clone();
    fan.post(&format!("/api/users/{artist}/follow"), &json!({}))
        .await
        .data(200);
    let (second, waiting) = stage.untrained_style().await;
    let report = json!({"style_id": waiting, "error_code": "GPU_OOM", "error_message": "no memory"});
    stage.platform.worker().accepted("training/failed", &report).await;

    let actor = json!({"id": "<id:fan>", "username": "fan", "profile_image": null});
    let style = json!({"id": "<id:style>", "name": "Bands"});
    let picture = json!({"id": "<id:image>", "style": style, "result_url": "<url:result>"});
    let lost = json!({"id": "<id:failed>", "style": style, "result_url": null});
    let said = json!({"id": "<id:comment>", "generation_id": "<id:image>", "content": "Lovely."});
    let excerpt = json!({"excerpt": "Lovely.", "generation_id": "<id:image>"});
    let nobody = Value::Null;
    told(
        &mut known,
        &stage.user,
        &[
            note("comment", &actor, ("comment", "<id:comment>", &said), &excerpt),
            note(
                "like",
                &actor,
                ("generation", "<id:image>", &picture),
                &Value::Null,
            ),
            note(
                "generation_failed",
                &nobody,
                ("generation", "<id:failed>", &lost),
                &Value::Null,
            ),
            note(
                "generation_complete",
                &nobody,
                ("generation", "<id:image>", &picture),
                &Value::Null,
            ),
        ],
    )
    .await;
    let trained = json!({"id": "<id:style>", "name": "Bands", "thumbnail_url": "<url>"});
    told(
        &mut known,
        &stage.artist,
        &[
            note("follow", &actor, ("user", "<id:fan>", &actor), &Value::Null),
            note(
                "style_training_complete",
                &nobody,
                ("style", "<id:style>", &trained),
                &Value::Null,
            ),
        ],
    )
    .await;
    let untrained = json!({"id": "<id:waiting>", "name": "Waiting", "thumbnail_url": "<url>"});
    told(
        &mut known,
        &second,
        &[note(
            "style_training_failed",
            &nobody,
            ("style", "<id:waiting>", &untrained),
            &Value::Null,
        )],
    )
    .await;

    known.shows(TOLD);
}

pub(super) const READ: Shown = &[
    ("GET /api/notifications", &["200", "422 VALIDATION_ERROR"]),
    ("PATCH /api/notifications/{id}/read", &["200", "404 NOT_FOUND"]),
    ("POST /api/notifications/read-all", &["200"]),
];

#[tokio::test]
async fn notifications_are_read_one_by_one_and_all_at_once() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    for _ in 0..4 {
        let image = stage.requested().await;
        stage.complete(image).await;
    }
    let inbox = stage.user.get(INBOX).await.data(200);
    let read = format!("{INBOX}/{}/read", inbox["results"][0]["id"]);
    let done = stage.user.patch(&read, &json!({})).await;
    known.data(&done, 200, &json!({"id": "<id>", "is_read": true}));
    known.error(
        &stage.artist.patch(&read, &json!({})).await,
        404,
        "NOT_FOUND",
        &Value::Null,
    );
    let all = stage.user.post(&format!("{INBOX}/read-all"), &json!({})).await;
    known.data(&all, 200, &json!({"updated_count": 3}));
    let mut none = page(&json!([]));
    none["unread_count"] = json!(0);
    let unread = stage.user.get(&format!("{INBOX}?unread_only=true")).await;
    known.data(&unread, 200, &none);
    let bad = stage
        .user
        .get(&format!("{INBOX}?unread_only=perhaps&limit=0"))
        .await;
    let details = json!({"unread_only": "Must be true or false.", "limit": "Must be between 1 and 100."});
    known.error(&bad, 422, "VALIDATION_ERROR", &details);
    known.shows(READ);
}
