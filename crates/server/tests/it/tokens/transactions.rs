//! The list of transactions: a usage is one row, and both sides see the same.

use serde_json::{Value, json};
use testkit::client::Client;

use crate::support::stage::{FINAL_FAILURE, Stage, WELCOME};

async fn list(user: &Client, query: &str) -> Vec<Value> {
    let page = user
        .get(&format!("/api/tokens/transactions{query}"))
        .await
        .data(200);
    page["results"].as_array().expect("rows").clone()
}

async fn usage(user: &Client) -> Value {
    let rows = list(user, "?type=usage").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].clone()
}

#[tokio::test]
async fn a_usage_is_one_row_pending_while_held_and_completed_when_captured() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    let user = stage.user.get("/api/auth/me").await.data(200);
    let artist = stage.artist.get("/api/auth/me").await.data(200);

    let pending = usage(&stage.user).await;
    assert_eq!(pending["type"], "usage");
    assert_eq!(pending["amount"], 30);
    assert_eq!(
        (&pending["status"], &pending["refunded"]),
        (&json!("pending"), &json!(false))
    );
    assert_eq!(
        pending["sender"],
        json!({"id": user["id"], "username": user["username"]})
    );
    assert_eq!(
        pending["receiver"],
        json!({"id": artist["id"], "username": artist["username"]})
    );
    assert_eq!(
        pending["related_style"],
        json!({"id": stage.style, "name": "Bands"})
    );
    assert_eq!(
        pending["related_generation"],
        json!({"id": generation, "result_url": null})
    );
    for money in ["price_per_token", "total_price", "currency_code"] {
        assert!(pending[money].is_null(), "{pending}");
    }
    assert_eq!(
        usage(&stage.artist).await,
        pending,
        "the artist sees the same row"
    );

    stage.complete(generation).await;
    let captured = usage(&stage.user).await;
    assert_eq!(
        (&captured["id"], &captured["status"]),
        (&pending["id"], &json!("completed"))
    );
    assert_eq!(captured["refunded"], false);
    let image = stage.seen(generation).await["result_url"].clone();
    assert_eq!(
        captured["related_generation"],
        json!({"id": generation, "result_url": image})
    );
    let earned = usage(&stage.artist).await;
    assert_eq!(
        (&earned["id"], &earned["status"]),
        (&pending["id"], &json!("completed"))
    );
    assert!(
        earned["related_generation"]["result_url"].is_null(),
        "a private image is not the artist's to see"
    );
}

#[tokio::test]
async fn a_released_usage_is_failed_and_refunded_on_both_sides() {
    let stage = Stage::set(30).await;
    let generation = stage.requested().await;
    let pending = usage(&stage.user).await;
    stage.fail(generation, FINAL_FAILURE).await;
    for side in [&stage.user, &stage.artist] {
        let row = usage(side).await;
        assert_eq!(
            (&row["id"], &row["status"], &row["refunded"]),
            (&pending["id"], &json!("failed"), &json!(true))
        );
    }
    let refunds = list(&stage.user, "?type=refund").await;
    assert_eq!(refunds.len(), 1);
    assert_eq!(
        (&refunds[0]["id"], &refunds[0]["amount"]),
        (&pending["id"], &json!(30))
    );
    assert!(
        list(&stage.artist, "?type=refund").await.is_empty(),
        "nothing went back to the artist"
    );
}

#[tokio::test]
async fn every_type_lists_its_own() {
    let stage = Stage::set(10).await;
    let me = stage.user.get("/api/auth/me").await.data(200);
    let (made, lost, canceled, open) = (
        stage.requested().await,
        stage.requested().await,
        stage.requested().await,
        stage.requested().await,
    );
    stage.complete(made).await;
    stage.fail(lost, FINAL_FAILURE).await;
    stage
        .user
        .post(&format!("/api/generations/{canceled}/cancel"), &json!({}))
        .await
        .data(200);

    let welcome = list(&stage.user, "?type=welcome").await;
    assert_eq!(welcome.len(), 1);
    assert_eq!(welcome[0]["type"], "welcome");
    assert_eq!(welcome[0]["amount"], WELCOME);
    assert_eq!(welcome[0]["memo"], "Welcome Bonus");
    assert_eq!(welcome[0]["status"], "completed");
    assert!(welcome[0]["sender"].is_null(), "{welcome:?}");
    assert_eq!(
        welcome[0]["receiver"],
        json!({"id": me["id"], "username": me["username"]})
    );
    assert!(welcome[0]["related_style"].is_null() && welcome[0]["related_generation"].is_null());

    assert!(list(&stage.user, "?type=purchase").await.is_empty());
    let of = |rows: &[Value]| -> Vec<(i64, String)> {
        let id = |row: &Value| row["related_generation"]["id"].as_i64().unwrap();
        rows.iter()
            .map(|row| (id(row), row["status"].as_str().unwrap().to_owned()))
            .collect()
    };
    let usages = list(&stage.user, "?type=usage").await;
    let expected = [
        (open, "pending"),
        (canceled, "failed"),
        (lost, "failed"),
        (made, "completed"),
    ];
    let expected: Vec<(i64, String)> = expected.map(|(id, status)| (id, status.to_owned())).into();
    assert_eq!(of(&usages), expected, "newest first");
    let mut refunded: Vec<i64> = of(&list(&stage.user, "?type=refund").await)
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    refunded.sort_unstable();
    assert_eq!(refunded, [lost, canceled]);

    let all = list(&stage.user, "").await;
    assert_eq!(all, list(&stage.user, "?type=all").await);
    assert_eq!(all.len(), 5);
    let answer = stage.user.get("/api/tokens/transactions?type=gifts").await;
    assert!(answer.error(422, "VALIDATION_ERROR")["type"].is_string());
    stage
        .platform
        .browser()
        .get("/api/tokens/transactions")
        .await
        .error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn pages_of_transactions_skip_and_repeat_nothing() {
    let stage = Stage::set(10).await;
    for _ in 0..4 {
        stage.requested().await;
    }
    let whole = list(&stage.user, "").await;
    for limit in [1, 2, 4] {
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/tokens/transactions?limit={limit}&cursor={cursor}");
            let page = stage.user.get(&path).await.data(200);
            walked.extend(page["results"].as_array().unwrap().iter().cloned());
            assert_eq!(page["has_more"], page["next_cursor"].is_string(), "{page}");
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = next.to_owned();
        }
        assert_eq!(walked, whole, "{limit} a page");
    }
}
