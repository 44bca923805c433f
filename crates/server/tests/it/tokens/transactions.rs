//! The list of transactions. A usage is one row for payer and artist.

use serde_json::{Value, json};
use testkit::client::Client;

use crate::support::fixture::{FINAL_FAILURE, Fixture, WELCOME};

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
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    let user = fixture.user.me().await;
    let artist = fixture.artist.me().await;

    let pending = usage(&fixture.user).await;
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
        json!({"id": fixture.style, "name": "Bands"})
    );
    assert_eq!(
        pending["related_generation"],
        json!({"id": generation, "result_url": null})
    );
    for money in ["price_per_token", "total_price", "currency_code"] {
        assert!(pending[money].is_null(), "{pending}");
    }
    assert_eq!(
        usage(&fixture.artist).await,
        pending,
        "the artist sees the same row"
    );

    fixture.complete(generation).await;
    let captured = usage(&fixture.user).await;
    assert_eq!(
        (&captured["id"], &captured["status"]),
        (&pending["id"], &json!("completed"))
    );
    assert_eq!(captured["refunded"], false);
    let image = fixture.generation(generation).await["result_url"].clone();
    assert_eq!(
        captured["related_generation"],
        json!({"id": generation, "result_url": image})
    );
    let earned = usage(&fixture.artist).await;
    assert_eq!(
        (&earned["id"], &earned["status"]),
        (&pending["id"], &json!("completed"))
    );
    assert!(
        earned["related_generation"]["result_url"].is_null(),
        "the artist cannot see a private image"
    );
}

#[tokio::test]
async fn a_released_usage_is_failed_and_refunded_on_both_sides() {
    let fixture = Fixture::start(30).await;
    let generation = fixture.create_generation().await;
    let pending = usage(&fixture.user).await;
    fixture.fail(generation, FINAL_FAILURE).await;
    for side in [&fixture.user, &fixture.artist] {
        let row = usage(side).await;
        assert_eq!(
            (&row["id"], &row["status"], &row["refunded"]),
            (&pending["id"], &json!("failed"), &json!(true))
        );
    }
    let refunds = list(&fixture.user, "?type=refund").await;
    assert_eq!(refunds.len(), 1);
    assert_eq!(
        (&refunds[0]["id"], &refunds[0]["amount"]),
        (&pending["id"], &json!(30))
    );
    assert!(
        list(&fixture.artist, "?type=refund").await.is_empty(),
        "the artist got nothing"
    );
}

#[tokio::test]
async fn each_type_lists_its_transactions() {
    let fixture = Fixture::start(10).await;
    let me = fixture.user.me().await;
    let (made, lost, canceled, open) = (
        fixture.create_generation().await,
        fixture.create_generation().await,
        fixture.create_generation().await,
        fixture.create_generation().await,
    );
    fixture.complete(made).await;
    fixture.fail(lost, FINAL_FAILURE).await;
    fixture
        .user
        .post(&format!("/api/generations/{canceled}/cancel"), &json!({}))
        .await
        .data(200);

    let welcome = list(&fixture.user, "?type=welcome").await;
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

    assert!(list(&fixture.user, "?type=purchase").await.is_empty());
    let of = |rows: &[Value]| -> Vec<(i64, String)> {
        let id = |row: &Value| row["related_generation"]["id"].as_i64().unwrap();
        rows.iter()
            .map(|row| (id(row), row["status"].as_str().unwrap().to_owned()))
            .collect()
    };
    let usages = list(&fixture.user, "?type=usage").await;
    let expected = [
        (open, "pending"),
        (canceled, "failed"),
        (lost, "failed"),
        (made, "completed"),
    ];
    let expected: Vec<(i64, String)> = expected.map(|(id, status)| (id, status.to_owned())).into();
    assert_eq!(of(&usages), expected, "newest first");
    let mut refunded: Vec<i64> = of(&list(&fixture.user, "?type=refund").await)
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    refunded.sort_unstable();
    assert_eq!(refunded, [lost, canceled]);

    let all = list(&fixture.user, "").await;
    assert_eq!(all, list(&fixture.user, "?type=all").await);
    assert_eq!(all.len(), 5);
    let answer = fixture.user.get("/api/tokens/transactions?type=gifts").await;
    assert!(answer.error(422, "VALIDATION_ERROR")["type"].is_string());
    fixture
        .platform
        .browser()
        .get("/api/tokens/transactions")
        .await
        .error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn pages_of_transactions_skip_and_repeat_nothing() {
    let fixture = Fixture::start(10).await;
    for _ in 0..4 {
        fixture.create_generation().await;
    }
    let whole = list(&fixture.user, "").await;
    for limit in [1, 2, 4] {
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/tokens/transactions?limit={limit}&cursor={cursor}");
            let page = fixture.user.get(&path).await.data(200);
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
