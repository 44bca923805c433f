//! Following artists.

use serde_json::json;
use testkit::client::Client;

use crate::support::{Platform, fixture::at_once};

async fn artist(platform: &Platform, email: &str, name: &str) -> (Client, i64) {
    let artist = platform.user(email).await;
    artist.become_artist(name).await;
    let id = id_of(&artist).await;
    (artist, id)
}

async fn id_of(user: &Client) -> i64 {
    user.get("/api/auth/me").await.id(200)
}

#[tokio::test]
async fn following_an_artist_counts_and_notifies_once() {
    let platform = Platform::start().await;
    let (artist, id) = artist(&platform, "artist@example.com", "Test Artist").await;
    let fan = platform.user("fan@example.com").await;
    let follow = format!("/api/users/{id}/follow");
    let page = format!("/api/users/{id}");
    for _ in 0..2 {
        let followed = fan.post(&follow, &json!({})).await.data(200);
        assert_eq!(followed, json!({"following": true, "follower_count": 1}));
        fan.post(&follow, &json!({})).await.error(409, "DUPLICATE_FOLLOW");
        let seen = fan.get(&page).await.data(200);
        assert_eq!(
            (&seen["is_following"], &seen["artist"]["follower_count"]),
            (&json!(true), &json!(1))
        );
        for _ in 0..2 {
            assert_eq!(fan.delete(&follow).await.status.as_u16(), 204);
        }
        let seen = fan.get(&page).await.data(200);
        assert_eq!(
            (&seen["is_following"], &seen["artist"]["follower_count"]),
            (&json!(false), &json!(0))
        );
    }
    let inbox = artist.get("/api/notifications").await.data(200);
    let fan_id = id_of(&fan).await;
    assert_eq!(inbox["unread_count"], 1);
    let note = &inbox["results"][0];
    assert_eq!(
        (&note["type"], &note["target_type"], &note["target_id"]),
        (&json!("follow"), &json!("user"), &json!(fan_id))
    );
    assert_eq!(
        note["target"],
        json!({"id": fan_id, "username": "fan", "profile_image": null})
    );
    assert_eq!(note["actor"], note["target"]);

    artist
        .post(&follow, &json!({}))
        .await
        .error(400, "SELF_FOLLOW_NOT_ALLOWED");
    let nobody = format!("/api/users/{fan_id}/follow");
    artist.post(&nobody, &json!({})).await.error(404, "NOT_FOUND");
    artist.delete(&nobody).await.error(404, "NOT_FOUND");
}

#[tokio::test]
async fn followed_artists_are_listed_latest_first() {
    let platform = Platform::start().await;
    let fan = platform.user("fan@example.com").await;
    let mut ids = Vec::new();
    for number in 0..3 {
        let (_, id) = artist(
            &platform,
            &format!("a{number}@example.com"),
            &format!("Artist {number}"),
        )
        .await;
        fan.post(&format!("/api/users/{id}/follow"), &json!({}))
            .await
            .data(200);
        ids.push(id);
    }
    let first = fan.get("/api/users/me/following?limit=2").await.data(200);
    let cursor = first["next_cursor"].as_str().expect("a further page");
    let second = fan
        .get(&format!("/api/users/me/following?limit=2&cursor={cursor}"))
        .await
        .data(200);
    let seen: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["results"].as_array().expect("artists"))
        .map(|row| row["id"].as_i64().expect("an id"))
        .collect();
    assert_eq!(seen, [ids[2], ids[1], ids[0]]);
    let mut row = second["results"][0].clone();
    assert!(row["followed_at"].take().is_string());
    assert_eq!(
        row,
        json!({"id": ids[0], "username": "a0_", "profile_image": null, "artist_name": "Artist 0", "role": "artist",
            "follower_count": 1, "followed_at": null})
    );
    let me = fan
        .get(&format!("/api/users/{}", id_of(&fan).await))
        .await
        .data(200);
    assert_eq!(me["stats"]["following_count"], 3);

    platform
        .execute(&format!(
            "UPDATE users SET is_active = false WHERE id = {}",
            ids[1]
        ))
        .await;
    let remaining = fan.get("/api/users/me/following").await.data(200);
    assert_eq!(remaining["results"].as_array().expect("artists").len(), 2);
    fan.post(&format!("/api/users/{}/follow", ids[1]), &json!({}))
        .await
        .error(404, "NOT_FOUND");
    // Unfollowing still works.
    let unfollow = format!("/api/users/{}/follow", ids[1]);
    assert_eq!(fan.delete(&unfollow).await.status.as_u16(), 204);
    let me = fan
        .get(&format!("/api/users/{}", id_of(&fan).await))
        .await
        .data(200);
    assert_eq!(me["stats"]["following_count"], 2);
}

#[tokio::test]
async fn concurrent_follows_are_counted_exactly() {
    let platform = Platform::start().await;
    let (_, id) = artist(&platform, "artist@example.com", "Test Artist").await;
    let follow = format!("/api/users/{id}/follow");
    let mut fans = Vec::new();
    for number in 0..12 {
        fans.push(platform.user(&format!("fan-{number}@example.com")).await);
    }
    let calls = fans.iter().flat_map(|fan| [fan.clone(), fan.clone()]).map(|fan| {
        let follow = follow.clone();
        async move { fan.post(&follow, &json!({})).await }
    });
    let answers = at_once(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 12);
    let calls = fans
        .iter()
        .take(5)
        .flat_map(|fan| [fan.clone(), fan.clone()])
        .map(|fan| {
            let follow = follow.clone();
            async move { fan.delete(&follow).await }
        });
    for answer in at_once(calls).await {
        assert_eq!(answer.status.as_u16(), 204, "{}", answer.text);
    }
    let seen = fans[0].get(&format!("/api/users/{id}")).await.data(200);
    assert_eq!(seen["artist"]["follower_count"], 7);
    platform.assert_rows("follows", 7).await;
    assert_eq!(
        platform
            .count("SELECT sum(following_count)::bigint AS n FROM user_profiles")
            .await,
        7
    );
}
