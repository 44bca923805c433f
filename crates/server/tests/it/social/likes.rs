//! Likes.

use serde_json::json;
use testkit::client::Client;

use super::{assert_counts, like_path, notifications_of_type, public_image};
use crate::support::fixture::{Fixture, at_once, ids, set_public};

async fn people(fixture: &Fixture, n: usize) -> Vec<Client> {
    let mut people = Vec::with_capacity(n);
    for number in 0..n {
        people.push(fixture.platform.user(&format!("fan-{number}@example.com")).await);
    }
    people
}

#[tokio::test]
async fn a_like_counts_once() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let fan = fixture.platform.user("fan@example.com").await;
    let like = like_path(image);
    let liked = fan.post(&like, &json!({})).await.data(200);
    assert_eq!(liked, json!({"liked": true, "like_count": 1}));
    fan.post(&like, &json!({})).await.error(409, "DUPLICATE_LIKE");
    let seen = fan.get(&format!("/api/generations/{image}")).await.data(200);
    assert_eq!(
        (&seen["is_liked"], &seen["like_count"]),
        (&json!(true), &json!(1))
    );
    for _ in 0..2 {
        assert_eq!(fan.delete(&like).await.status.as_u16(), 204);
    }
    assert_counts(&fixture, image, 0, 0).await;
}

#[tokio::test]
async fn concurrent_likes_are_counted_exactly() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let people = people(&fixture, 20).await;
    let answers = at_once(people.iter().flat_map(|person| {
        // Everybody likes twice; one like counts.
        [person.clone(), person.clone()].map(|person| {
            let path = like_path(image);
            async move { person.post(&path, &json!({})).await }
        })
    }))
    .await;
    let counted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(counted, 20);
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status.as_u16(), 200 | 409))
    );
    assert_counts(&fixture, image, 20, 0).await;

    let answers = at_once(people.into_iter().enumerate().map(|(number, person)| {
        let path = like_path(image);
        async move {
            if number % 2 == 0 {
                person.delete(&path).await
            } else {
                person.post(&path, &json!({})).await
            }
        }
    }))
    .await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status.as_u16(), 204 | 409))
    );
    assert_counts(&fixture, image, 10, 0).await;
}

#[tokio::test]
async fn an_owner_is_notified_once_of_a_like_and_never_of_their_own() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let fan = fixture.platform.user("fan@example.com").await;
    for _ in 0..3 {
        fan.post(&like_path(image), &json!({})).await.data(200);
        fan.delete(&like_path(image)).await;
    }
    fixture.user.post(&like_path(image), &json!({})).await.data(200);
    let likes = notifications_of_type(&fixture.user, "like").await;
    assert_eq!(likes.len(), 1, "{likes:?}");
    assert_eq!(likes[0]["target_id"], image);
}

#[tokio::test]
async fn likes_and_comments_are_hidden_while_an_image_is_private() {
    let fixture = Fixture::start(5).await;
    let image = public_image(&fixture).await;
    let fan = fixture.platform.user("fan@example.com").await;
    fan.post(&like_path(image), &json!({})).await.data(200);
    let comment = super::post_comment(&fan, image, None, "Lovely.").await;
    let feed = fan.get("/api/generations/feed").await.data(200);

    set_public(&fixture.user, image, false).await;
    let empty = fan.get("/api/generations/feed").await.data(200);
    assert_eq!(empty["results"], json!([]));
    for path in [like_path(image), super::comments_path(image)] {
        let answer = fan.post(&path, &json!({"content": "Again."})).await;
        answer.error(404, "GENERATION_NOT_FOUND");
    }
    fan.get(&super::comments_path(image))
        .await
        .error(404, "GENERATION_NOT_FOUND");
    let edit = format!("/api/comments/{comment}");
    fan.patch(&edit, &json!({"content": "Changed."}))
        .await
        .error(404, "COMMENT_NOT_FOUND");
    let other = fixture.platform.user("other@example.com").await;
    other.delete(&edit).await.error(404, "COMMENT_NOT_FOUND");

    set_public(&fixture.user, image, true).await;
    assert_eq!(fan.get("/api/generations/feed").await.data(200), feed);
    assert_counts(&fixture, image, 1, 1).await;

    // Authors can delete a comment that they can no longer see.
    set_public(&fixture.user, image, false).await;
    assert_eq!(fan.delete(&edit).await.status.as_u16(), 204);
    set_public(&fixture.user, image, true).await;
    assert_counts(&fixture, image, 1, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_can_concurrently_like_and_comment_on_a_private_image() {
    let fixture = Fixture::start(5).await;
    for _ in 0..4 {
        let image = fixture.create_generation().await;
        fixture.complete(image).await;
        let answers = at_once((0..8).map(|number| {
            let user = fixture.user.clone();
            async move {
                if number % 2 == 0 {
                    user.post(&like_path(image), &json!({})).await
                } else {
                    user.post(&super::comments_path(image), &json!({"content": "Mine."}))
                        .await
                }
            }
        }))
        .await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201, 201, 201, 201, 409, 409, 409]);
        assert_counts(&fixture, image, 1, 4).await;
    }
}

#[tokio::test]
async fn an_owner_can_like_and_comment_on_a_private_image() {
    let fixture = Fixture::start(5).await;
    let early = fixture.create_generation().await;
    let late = fixture.create_generation().await;
    for image in [early, late] {
        fixture.complete(image).await;
    }
    fixture.user.post(&like_path(early), &json!({})).await.data(200);
    super::post_comment(&fixture.user, early, None, "A note to myself.").await;
    set_public(&fixture.user, late, true).await;
    let feed = fixture.user.get("/api/generations/feed").await.data(200);
    assert_eq!(feed["results"].as_array().expect("images").len(), 1);
    set_public(&fixture.user, early, true).await;
    let feed = fixture.user.get("/api/generations/feed?tags=sea").await.data(200);
    // Listed by the time of the first publication, and found by tags.
    assert_eq!(ids(&feed["results"]), [early, late], "{feed}");
    assert_counts(&fixture, early, 1, 1).await;
}
