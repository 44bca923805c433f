//! Comments and replies.

use serde_json::json;

use super::{assert_counts, comments_path, notifications_of_type, post_comment, public_image};
use crate::support::fixture::{Fixture, at_once, ids};

#[tokio::test]
async fn replies_are_one_level_deep() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let fan = fixture.platform.user("fan@example.com").await;
    let other_image = public_image(&fixture).await;
    let first = post_comment(&fan, image, None, "First.").await;
    let second = post_comment(&fan, image, None, "Second.").await;
    let mut replies = Vec::new();
    for number in 0..23 {
        replies.push(post_comment(&fixture.user, image, Some(first), &format!("Reply {number}.")).await);
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

    let list = fixture.platform.browser().get(&path).await.data(200);
    assert_eq!(ids(&list["results"]), [second, first]);
    let below = &list["results"][1];
    assert_eq!(ids(&below["replies"]), replies[..20]);
    assert_eq!(below["reply_count"], 23);
    // Other replies are read page by page.
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = fan
            .get(&format!("{path}?parent_id={first}&limit=10{cursor}"))
            .await
            .data(200);
        seen.extend(ids(&page["results"]));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.reverse();
    assert_eq!(seen, replies);
    assert_counts(&fixture, image, 0, 25).await;
}

#[tokio::test]
async fn comments_are_paged_without_gaps_while_new_ones_are_added() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let mut written = Vec::new();
    for number in 0..5 {
        written.push(post_comment(&fixture.user, image, None, &format!("Number {number}.")).await);
    }
    let page = fixture
        .user
        .get(&format!("{}?limit=3", comments_path(image)))
        .await
        .data(200);
    post_comment(&fixture.user, image, None, "In between.").await;
    let cursor = page["next_cursor"].as_str().expect("a further page");
    let rest = fixture
        .user
        .get(&format!("{}?limit=3&cursor={cursor}", comments_path(image)))
        .await
        .data(200);
    let mut seen = ids(&page["results"]);
    seen.extend(ids(&rest["results"]));
    written.reverse();
    assert_eq!(seen, written);
    assert_eq!(rest["has_more"], false);
}

#[tokio::test]
async fn authors_edit_and_delete_comments_and_admins_delete_them() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let fan = fixture.platform.user("fan@example.com").await;
    let comment = post_comment(&fan, image, None, "Frist.").await;
    post_comment(&fixture.user, image, Some(comment), "Indeed.").await;
    let path = format!("/api/comments/{comment}");
    let edited = fan.patch(&path, &json!({"content": " First. "})).await.data(200);
    assert_eq!(edited["content"], "First.");
    assert_ne!(edited["updated_at"], edited["created_at"]);
    assert_eq!(edited["replies"][0]["content"], "Indeed.");
    // The image's owner cannot change other people's comments.
    for _ in 0..2 {
        fixture
            .user
            .patch(&path, &json!({"content": "Mine."}))
            .await
            .error(403, "FORBIDDEN");
        fixture.user.delete(&path).await.error(403, "FORBIDDEN");
    }
    fixture.platform.make_admin("user").await;
    fixture
        .user
        .patch(&path, &json!({"content": "Mine."}))
        .await
        .error(403, "FORBIDDEN");
    assert_eq!(fixture.user.delete(&path).await.status.as_u16(), 204);
    fan.delete(&path).await.error(404, "COMMENT_NOT_FOUND");
    assert_counts(&fixture, image, 0, 0).await;
}

#[tokio::test]
async fn counters_are_exact_when_a_comment_is_deleted_during_replies() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    for round in 0..5 {
        let comment = post_comment(&fixture.user, image, None, &format!("Round {round}.")).await;
        let user = &fixture.user;
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
        assert_counts(&fixture, image, 0, 0).await;
    }
}

#[tokio::test]
async fn a_reply_notifies_the_author_of_the_comment_but_never_its_own_author() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let fan = fixture.platform.user("fan@example.com").await;
    let long = "가".repeat(150);
    let comment = post_comment(&fan, image, None, &long).await;
    post_comment(&fan, image, Some(comment), "To myself.").await;
    let reply = post_comment(&fixture.artist, image, Some(comment), "To the fan.").await;
    post_comment(&fixture.user, image, None, "On my own image.").await;

    let owner = notifications_of_type(&fixture.user, "comment").await;
    assert_eq!(owner.len(), 1, "{owner:?}");
    assert_eq!(owner[0]["target_id"], comment);
    let excerpt = format!("{}…", "가".repeat(100));
    assert_eq!(
        owner[0]["metadata"],
        json!({"excerpt": excerpt, "generation_id": image})
    );
    let author = notifications_of_type(&fan, "comment").await;
    assert_eq!(author.len(), 1, "{author:?}");
    assert_eq!(
        author[0]["target"],
        json!({"id": reply, "generation_id": image, "content": "To the fan."})
    );

    // The notification quotes the edited text.
    fixture
        .artist
        .patch(
            &format!("/api/comments/{reply}"),
            &json!({"content": "To my fan."}),
        )
        .await
        .data(200);
    let author = notifications_of_type(&fan, "comment").await;
    assert_eq!(
        (&author[0]["target"]["content"], &author[0]["metadata"]),
        (
            &json!("To my fan."),
            &json!({"excerpt": "To my fan.", "generation_id": image})
        )
    );

    // A deleted comment is not quoted.
    fixture.artist.delete(&format!("/api/comments/{reply}")).await;
    let author = notifications_of_type(&fan, "comment").await;
    assert_eq!(
        (&author[0]["target"], &author[0]["metadata"]),
        (&json!(null), &json!(null))
    );
}
