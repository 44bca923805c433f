//! The whole flow with the example worker in Python, over RabbitMQ, S3 and the webhooks.

mod failures;

use serde_json::{Value, json};
use testkit::client::Client;

use crate::support::{
    Platform, TIMEOUT,
    broker::{BrokerFixture, assert_tokens},
    media::Downloaded,
};

#[tokio::test]
async fn the_whole_flow_from_sign_in_to_a_paid_image() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let _worker = fixture.worker(&[]).await;

    let artist = platform.browser();
    let me = artist.login("artist@example.com").await;
    assert_eq!(
        (&me["role"], &me["token_balance"]),
        (&json!("user"), &json!(100)),
        "{me}"
    );
    artist.become_artist("Test Artist").await;
    let me = artist.me().await;
    assert_eq!(
        (&me["role"], &me["artist"]["artist_name"]),
        (&json!("artist"), &json!("Test Artist")),
        "{me}"
    );

    let style = artist.upload_style("Bands", 20).await;
    let trained = platform.until_trained(&artist, style, "completed").await;
    assert_eq!(trained["model_path"], platform.model_path(style));
    assert_eq!(trained["training_metric"]["epochs"], 200);

    let user = platform.user("collector@example.com").await;
    for (ratio, size) in [("1:1", (512, 512)), ("2:2", (1024, 1024)), ("1:2", (512, 1024))] {
        let created = user.generate(style, ratio).await;
        let generation = created.data(201);
        assert_eq!(
            (&generation["status"], &generation["consumed_tokens"]),
            (&json!("queued"), &json!(20)),
            "{generation}"
        );
        assert_eq!(
            created.location(),
            format!("/api/generations/{}", generation["id"])
        );
        let seen = platform
            .until(&user, generation["id"].as_i64().unwrap(), "completed")
            .await;
        assert_eq!(
            (&seen["seed"], &seen["tags"]),
            (&json!(7), &json!(["sea", "boat"])),
            "{seen}"
        );
        assert_eq!(
            (&seen["settlement"]["state"], &seen["settlement"]["amount"]),
            (&json!("captured"), &json!(20))
        );
        let image = Downloaded::from(seen["result_url"].as_str().unwrap()).await;
        assert_eq!(image.size(), size, "{ratio}");
        assert_eq!(image.text["Seed"], "7");
    }

    // Earnings are added to balances at least every second.
    let applied = |seen: &Value| seen["results"][0]["usage_count"] == 3;
    let own = artist.poll("/api/styles/me", TIMEOUT, applied).await;
    assert_eq!(own["results"][0]["total_earned_tokens"], 60, "{own}");
    platform.assert_rows("earning_deltas", 0).await;
    assert_balances_and_transactions(platform, &artist, &user, style).await;

    for client in [&artist, &user] {
        let logout = client.post("/api/auth/logout", &json!({})).await;
        assert_eq!(logout.status, 200, "{}", logout.text);
        client.get("/api/auth/me").await.error(401, "UNAUTHORIZED");
    }
    platform.assert_ledger_balances().await;
}

async fn assert_balances_and_transactions(platform: &Platform, artist: &Client, user: &Client, style: i64) {
    assert_tokens(user, 40, 0).await;
    assert_tokens(artist, 100, 0).await;
    for (client, earned) in [(artist, json!(60)), (user, Value::Null)] {
        let balance = client.get("/api/tokens/balance").await.data(200);
        assert_eq!(balance["artist_earned_balance"], earned);
        let welcome = transactions(client, "welcome").await;
        assert_eq!(welcome.len(), 1);
        let row = &welcome[0];
        assert_eq!(
            (&row["amount"], &row["memo"], &row["sender"]),
            (&json!(100), &json!("Welcome Bonus"), &Value::Null)
        );
    }

    let (sender, receiver) = (party(user).await, party(artist).await);
    let (spent, earned) = (
        transactions(user, "usage").await,
        transactions(artist, "usage").await,
    );
    assert_eq!((spent.len(), earned.len()), (3, 3));
    for (mine, theirs) in spent.into_iter().zip(earned) {
        let image = mine["related_generation"]["id"].clone();
        let seen = user.get(&format!("/api/generations/{image}")).await.data(200);
        let mut expected = json!({
            "id": mine["id"], "type": "usage", "amount": 20, "status": "completed", "refunded": false,
            "price_per_token": null, "total_price": null, "currency_code": null,
            "memo": "Image generation", "created_at": seen["created_at"], "sender": sender, "receiver": receiver,
            "related_style": {"id": style, "name": "Bands"},
            "related_generation": {"id": image, "result_url": seen["result_url"]},
        });
        assert_eq!(mine, expected);
        // The artist sees the same row without the private image.
        expected["related_generation"]["result_url"] = Value::Null;
        assert_eq!(theirs, expected);
    }

    let notified = |kind: &str, who: &Value| {
        let user = &who["id"];
        format!("SELECT count(*) AS n FROM notifications WHERE type = '{kind}' AND user_id = {user}")
    };
    assert_eq!(
        platform
            .count(&notified("style_training_complete", &receiver))
            .await,
        1
    );
    assert_eq!(platform.count(&notified("generation_complete", &sender)).await, 3);
    platform.assert_rows("notifications", 4).await;
}

async fn transactions(user: &Client, kind: &str) -> Vec<Value> {
    let list = user
        .get(&format!("/api/tokens/transactions?type={kind}"))
        .await
        .data(200);
    list["results"].as_array().unwrap().clone()
}

/// A user as transactions show it.
async fn party(user: &Client) -> Value {
    let me = user.me().await;
    json!({"id": me["id"], "username": me["username"]})
}
