//! Accounts, balances, transactions, health.

use serde_json::{Value, json};

use super::{assert_fields, assert_time};
use crate::support::{
    Platform,
    expect::{assert_data, assert_error},
};

const ME: &str = "id username profile_image role token_balance bio created_at";
const ME_ARTIST: &str = "artist.id artist.artist_name artist.signature_image_url artist.verified_email \
    artist.earned_token_balance artist.follower_count";
const USER: &str = "id username profile_image bio role created_at stats.total_generations stats.public_generations \
    stats.following_count";
const TRANSACTION: &str =
    "id type amount price_per_token total_price currency_code status refunded memo created_at";

#[tokio::test]
async fn a4_accounts() {
    let platform = Platform::start().await;
    let user = platform.user("user@example.com").await;
    let me = user.get("/api/auth/me").await.data(200);
    assert_fields("me", &me, &format!("{ME} artist"));
    assert_time(&me["created_at"]);
    assert_eq!((&me["role"], &me["token_balance"]), (&json!("user"), &json!(100)));

    let artist = platform.user("artist@example.com").await;
    let upgraded = artist.become_artist("Test Artist").await;
    assert_fields("upgrade", &upgraded, &format!("user.id user.role {ME_ARTIST}"));
    let me = artist.get("/api/auth/me").await.data(200);
    assert_fields("me of an artist", &me, &format!("{ME} {ME_ARTIST}"));
    assert_eq!((&me["role"], &me["artist"]["id"]), (&json!("artist"), &me["id"]));
    let signature = me["artist"]["signature_image_url"].as_str().expect("an address");
    assert!(signature.contains("X-Amz-Expires=3600"), "good for an hour");

    let page = format!("/api/users/{}", me["id"]);
    let with_artist = format!("{USER} artist.id artist.artist_name artist.follower_count");
    assert_fields(
        "user",
        &platform.browser().get(&page).await.data(200),
        &with_artist,
    );
    let seen = user.get(&page).await.data(200);
    assert_fields(
        "user for somebody signed in",
        &seen,
        &format!("{with_artist} is_following"),
    );
    assert_eq!(seen["is_following"], false);
    let plain = user.get("/api/auth/me").await.data(200);
    let page = format!("/api/users/{}", plain["id"]);
    assert_fields(
        "user who is no artist",
        &platform.browser().get(&page).await.data(200),
        &format!("{USER} artist"),
    );

    let left = user.post("/api/auth/logout", &json!({})).await.json();
    assert_fields("logout", &left, "success message");
}

#[tokio::test]
async fn a4_balances_and_transactions() {
    let platform = Platform::start().await;
    let (artist, style) = platform.trained_style(10).await;
    let user = platform.user("user@example.com").await;
    let held = user.generate(style, "1:1").await.data(201)["id"]
        .as_i64()
        .expect("an id");
    for (reader, earned) in [(&user, Value::Null), (&artist, json!(0))] {
        let balance = reader.get("/api/tokens/balance").await.data(200);
        assert_fields(
            "balance",
            &balance,
            "user_id token_balance held_tokens artist_earned_balance",
        );
        assert_eq!(balance["artist_earned_balance"], earned);
    }

    let list = user.get("/api/tokens/transactions").await.data(200);
    let sorts = ["results", "next_cursor", "has_more"];
    assert_eq!(list.as_object().expect("a list").len(), sorts.len());
    assert!(sorts.iter().all(|field| list.get(field).is_some()), "{list}");
    let rows = list["results"].as_array().expect("rows");
    let usage = format!(
        "{TRANSACTION} sender.id sender.username receiver.id receiver.username related_style.id related_style.name \
         related_generation.id related_generation.result_url"
    );
    assert_fields("usage", &rows[0], &usage);
    assert_eq!(
        (&rows[0]["type"], &rows[0]["status"], &rows[0]["refunded"]),
        (&json!("usage"), &json!("pending"), &json!(false))
    );
    assert_eq!(rows[0]["sender"]["username"], "user");
    assert_eq!(rows[0]["receiver"]["username"], "artist");
    let welcome =
        format!("{TRANSACTION} sender receiver.id receiver.username related_style related_generation");
    assert_fields("welcome", &rows[1], &welcome);
    assert_eq!(
        (&rows[1]["type"], &rows[1]["status"]),
        (&json!("welcome"), &json!("completed"))
    );

    // The same row, after the image is made, is the artist's too.
    platform
        .worker()
        .accepted("inference/complete", &platform.completion(held))
        .await;
    for reader in [&user, &artist] {
        let list = reader.get("/api/tokens/transactions?type=usage").await.data(200);
        assert_fields("usage that is captured", &list["results"][0], &usage);
        assert_eq!(
            (&list["results"][0]["id"], &list["results"][0]["status"]),
            (&rows[0]["id"], &json!("completed"))
        );
    }
    let returned = user.generate(style, "1:1").await.data(201)["id"]
        .as_i64()
        .expect("an id");
    user.post(&format!("/api/generations/{returned}/cancel"), &json!({}))
        .await
        .data(200);
    let refunds = user.get("/api/tokens/transactions?type=refund").await.data(200);
    assert_eq!(refunds["results"].as_array().expect("rows").len(), 1);
    let refund = &refunds["results"][0];
    assert_fields("usage that is released", refund, &usage);
    assert_eq!(
        (&refund["status"], &refund["refunded"]),
        (&json!("failed"), &json!(true))
    );
}

#[tokio::test]
async fn a4_health_and_reports() {
    let platform = Platform::start().await;
    let answer = platform.browser().get("/api/health").await;
    let outbox = json!({"pending": "<number>", "oldest_seconds": "<number>"});
    let checks = json!({"database": "ok", "broker": "down", "storage": "ok", "outbox": outbox});
    let health = json!({"status": "degraded", "version": "<text>", "checks": checks});
    assert_data(&answer, 200, &health);
    let answer = platform.browser().get("/api/health/live").await;
    assert_data(&answer, 200, &json!({"status": "ok"}));
    let answer = platform.browser().get("/api/auth/me").await;
    assert_error(&answer, 401, "UNAUTHORIZED", &Value::Null);
    let (_artist, style) = platform.trained_style(10).await;
    let report = json!({"style_id": style, "progress": {}});
    let answer = platform.worker().accepted("training/progress", &report).await;
    assert_fields("report", &answer, "applied status");
    assert_eq!(
        (&answer["applied"], &answer["status"]),
        (&json!(false), &json!("completed"))
    );
}
