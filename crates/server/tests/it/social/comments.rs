//! Comments and replies.

use serde_json::json;

use super::{assert_counts, comments_path, public_image, remark, told};
use crate::support::stage::{Stage, at_once};

#[tokio::test]
async fn replies_stand_below_their_comment_and_no_deeper() {
    let stage = Stage::set(5).await;
    let image = public_image(&stage).await;
    let fan = stage.platform.user("fan@example.com").await;
    let other_image = public_image(&stage).await;
    let first = remark(&fan, image, None, "First.").await;
    let second = remark(&fan, image, None, "Second.").await;
    let mut replies = Vec::new();
    for number in 0..23 {
        replies.push(remark(&stage.user, image, Some(first), &format!("Reply {number}.")).await);
    }
    let path = comments_path(image);
    let deeper = json!({"content": "Too deep.", "parent_id": replies[0]});
    fan.post(&path, &deeper).await.error(422, "REPLY_DEPTH_EXCEEDED");
    for parent in [json!(i64::MAX), json!(first)] {
        let body = json!({"content": "Where?", "parent_id": parent});
        let at = if parent == first {
            comments_path(other_image)
        } else {
            path.clone()
        };
        fan.post(&at, &body).await.error(404, "COMMENT_NOT_FOUND");
    }

    let list = stage.platform.browser().get(&path).await.data(200);
    let ids: Vec<_> = list["results"]
        .as_array()
        .expect("comments")
        .iter()
        .map(|c| c["id"].clone())
        .collect();
    assert_eq!(ids, [json!(second), json!(first)]);
    let below = &list["results"][1];
    let shown: Vec<_> = below["replies"]
        .as_array()
        .expect("replies")
        .iter()
        .map(|c| c["id"].clone())
        .collect();
    assert_eq!(json!(shown), json!(replies[..20]));
    assert_eq!(below["reply_count"], 23);
    // What is not shown is read page by page.
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = fan
            .get(&format!("{path}?parent_id={first}&limit=10{cursor}"))
            .await
            .data(200);
        seen.extend(
            page["results"]
                .as_array()
                .expect("replies")
                .iter()
                .map(|c| c["id"].as_i64().expect("an id")),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.reverse();
    assert_eq!(seen, replies);
    assert_counts(&stage, image, 0, 25).await;
}

#[tokio::test]
async fn comments_are_paged_without_gaps_while_new_ones_come() {
    let stage = Stage::set(5).await;
    let image = public_image(&stage).await;
    let mut written = Vec::new();
    for number in 0..5 {
        written.push(remark(&stage.user, image, None, &format!("Number {number}.")).await);
    }
    let page = stage
        .user
        .get(&format!("{}?limit=3", comments_path(image)))
        .await
        .data(200);
    remark(&stage.user, image, None, "In between.").await;
    let cursor = page["next_cursor"].as_str().expect("a further page");
    let rest = stage
        .user
        .get(&format!("{}?limit=3&cursor={cursor}", comments_path(image)))
        .await
        .data(200);
    let ids = |page: &serde_json::Value| -> Vec<i64> {
        page["results"]
            .as_array()
            .expect("comments")
            .iter()
            .map(|c| c["id"].as_i64().expect("an id"))
            .collect()
    };
    let mut seen = ids(&page);
    seen.extend(ids(&rest));
    written.reverse();
    assert_eq!(seen, written);
    assert_eq!(rest["has_more"], false);
}

#[tokio::test]
async fn an_author_edits_and_removes_and_an_admin_removes() {
    let stage = Stage::set(5).await;
    let image = public_image(&stage).await;
    let fan = stage.platform.user("fan@example.com").await;
    let comment = remark(&fan, image, None, "Frist.").await;
    remark(&stage.user, image, Some(comment), "Indeed.").await;
    let path = format!("/api/comments/{comment}");
    let edited = fan.patch(&path, &json!({"content": " First. "})).await.data(200);
    assert_eq!(edited["content"], "First.");
    assert_ne!(edited["updated_at"], edited["created_at"]);
    assert_eq!(edited["replies"][0]["content"], "Indeed.");
    // Not even the image's owner changes what somebody else said.
    for _ in 0..2 {
        stage
            .user
            .patch(&path, &json!({"content": "Mine."}))
            .await
            .error(403, "FORBIDDEN");
        stage.user.delete(&path).await.error(403, "FORBIDDEN");
    }
    stage
        .platform
        .execute("UPDATE users SET is_admin = true WHERE username = 'user'")
        .await;
    stage
        .user
        .patch(&path, &json!({"content": "Mine."}))
        .await
        .error(403, "FORBIDDEN");
    assert_eq!(stage.user.delete(&path).await.status.as_u16(), 204);
    fan.delete(&path).await.error(404, "COMMENT_NOT_FOUND");
    assert_counts(&stage, image, 0, 0).await;
}

#[tokio::test]
async fn counters_are_exact_when_a_comment_goes_while_it_is_answered() {
    let stage = Stage::set(5).await;
    let image = public_image(&stage).await;
    for round in 0..5 {
        let comment = remark(&stage.user, image, None, &format!("Round {round}.")).await;
        let user = &stage.user;
        let calls = (0..12).map(|number| {
            let user = user.clone();
            async move {
                if number == 6 {
                    user.delete(&format!("/api/comments/{comment}")).await
                } else {
                    let body = json!({"content": "Quick.", "parent_id": comment});
                    user.post(&comments_path(image), &body).await
                }
            }
        });
        let answers = at_once(calls).await;
        for answer in &answers {
            assert!(
                matches!(answer.status.as_u16(), 201 | 204 | 404),
                "{}",
                answer.text
            );
        }
        assert_counts(&stage, image, 0, 0).await;
    }
}

#[tokio::test]
async fn a_reply_tells_the_author_it_answers_and_nobody_is_told_of_an_own_act() {
    let stage = Stage::set(5).await;
    let image = public_image(&stage).await;
    let fan = stage.platform.user("fan@example.com").await;
    let long = "가".repeat(150);
    let comment = remark(&fan, image, None, &long).await;
    remark(&fan, image, Some(comment), "To myself.").await;
    let reply = remark(&stage.artist, image, Some(comment), "To the fan.").await;
    remark(&stage.user, image, None, "On my own image.").await;

    let owner = told(&stage.user, "comment").await;
    assert_eq!(owner.len(), 1, "{owner:?}");
    assert_eq!(owner[0]["target_id"], comment);
    let excerpt = format!("{}…", "가".repeat(100));
    assert_eq!(
        owner[0]["metadata"],
        json!({"excerpt": excerpt, "generation_id": image})
    );
    let author = told(&fan, "comment").await;
    assert_eq!(author.len(), 1, "{author:?}");
    assert_eq!(
        author[0]["target"],
        json!({"id": reply, "generation_id": image, "content": "To the fan."})
    );

    // What was said is quoted as it reads now.
    stage
        .artist
        .patch(
            &format!("/api/comments/{reply}"),
            &json!({"content": "To my fan."}),
        )
        .await
        .data(200);
    let author = told(&fan, "comment").await;
    assert_eq!(
        (&author[0]["target"]["content"], &author[0]["metadata"]),
        (
            &json!("To my fan."),
            &json!({"excerpt": "To my fan.", "generation_id": image})
        )
    );

    // What was said is not repeated once it is gone.
    stage.artist.delete(&format!("/api/comments/{reply}")).await;
    let author = told(&fan, "comment").await;
    assert_eq!(
        (&author[0]["target"], &author[0]["metadata"]),
        (&json!(null), &json!(null))
    );
}
