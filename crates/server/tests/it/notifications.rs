//! Notifications.

use serde_json::json;

use crate::{
    social::{like_path, public_image, remark, told},
    support::stage::{FINAL_FAILURE, Stage},
};

#[tokio::test]
async fn every_kind_is_told_with_what_it_is_about() {
    let stage = Stage::set(5).await;
    let image = public_image(&stage).await;
    let failed = stage.requested().await;
    stage.fail(failed, FINAL_FAILURE).await;
    let (second, style) = stage.untrained_style().await;
    let report = json!({"style_id": style, "error_code": "GPU_OOM", "error_message": "no memory"});
    stage.platform.worker().accepted("training/failed", &report).await;
    let fan = stage.platform.user("fan@example.com").await;
    fan.post(&like_path(image), &json!({})).await.data(200);
    remark(&fan, image, None, "Lovely.").await;

    for (person, kind, target_type, id) in [
        (&stage.user, "generation_complete", "generation", image),
        (&stage.user, "generation_failed", "generation", failed),
        (&stage.user, "like", "generation", image),
        (&stage.artist, "style_training_complete", "style", stage.style),
        (&second, "style_training_failed", "style", style),
    ] {
        let notes = told(person, kind).await;
        assert_eq!(notes.len(), 1, "{kind}: {notes:?}");
        let note = &notes[0];
        assert_eq!(
            (&note["target_type"], &note["target_id"], &note["target"]["id"]),
            (&json!(target_type), &json!(id), &json!(id)),
            "{kind}"
        );
        assert_eq!(note["actor"].is_null(), kind != "like", "{kind}");
    }
    assert_eq!(told(&stage.user, "comment").await.len(), 1);
}

#[tokio::test]
async fn notifications_are_read_one_by_one_or_all_at_once() {
    let stage = Stage::set(5).await;
    for _ in 0..3 {
        let image = stage.requested().await;
        stage.complete(image).await;
    }
    let inbox = stage.user.get("/api/notifications").await.data(200);
    assert_eq!(
        (&inbox["unread_count"], &inbox["has_more"]),
        (&json!(3), &json!(false))
    );
    let first = &inbox["results"][0]["id"];
    for _ in 0..2 {
        let read = stage
            .user
            .patch(&format!("/api/notifications/{first}/read"), &json!({}))
            .await;
        assert_eq!(read.data(200), json!({"id": first, "is_read": true}));
    }
    let unread = stage
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
    stage
        .artist
        .patch(&format!("/api/notifications/{first}/read"), &json!({}))
        .await
        .error(404, "NOT_FOUND");
    for expected in [2, 0] {
        let all = stage
            .user
            .post("/api/notifications/read-all", &json!({}))
            .await
            .data(200);
        assert_eq!(all, json!({"updated_count": expected}));
    }
    stage
        .user
        .get("/api/notifications?unread_only=perhaps")
        .await
        .error(422, "VALIDATION_ERROR");
}
