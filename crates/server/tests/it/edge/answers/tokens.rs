//! Balances and transactions.

use serde_json::{Value, json};

use super::page;
use crate::support::{
    expect::Known,
    shown::Shown,
    stage::{FINAL_FAILURE, Stage},
};

pub(super) const TOKENS: Shown = &[
    ("GET /api/tokens/balance", &["200"]),
    ("GET /api/tokens/transactions", &["200", "422 VALIDATION_ERROR"]),
];

/// A usage of the stage's style: its state, the request and the address of its image.
fn usage(name: &str, status: &str, refunded: bool, image: &Value) -> Value {
    json!({"id": format!("<id:row {name}>"), "type": "usage", "amount": 10, "price_per_token": null,
        "total_price": null, "currency_code": null, "status": status, "refunded": refunded,
        "memo": "Image generation", "created_at": "<time>",
        "sender": {"id": "<id:user>", "username": "user"}, "receiver": {"id": "<id:artist>", "username": "artist"},
        "related_style": {"id": "<id:style>", "name": "Bands"},
        "related_generation": {"id": format!("<id:{name}>"), "result_url": image}})
}

#[tokio::test]
async fn balances_and_transactions_in_every_state() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let balance = |who: &str, free: i64, held: i64, earned: Value| {
        json!({"user_id": format!("<id:{who}>"), "token_balance": free, "held_tokens": held,
            "artist_earned_balance": earned})
    };
    let made = stage.requested().await;
    let failed = stage.requested().await;
    let open = stage.requested().await;
    let tokens = "/api/tokens/balance";
    known.data(
        &stage.user.get(tokens).await,
        200,
        &balance("user", 70, 30, Value::Null),
    );
    stage.complete(made).await;
    stage.fail(failed, FINAL_FAILURE).await;
    known.data(
        &stage.user.get(tokens).await,
        200,
        &balance("user", 80, 10, Value::Null),
    );
    known.data(
        &stage.artist.get(tokens).await,
        200,
        &balance("artist", 100, 0, json!(10)),
    );

    let mut welcome = json!({"id": "<id>", "type": "welcome", "amount": 100, "price_per_token": null,
        "total_price": null, "currency_code": null, "status": "completed", "refunded": false,
        "memo": "Welcome Bonus", "created_at": "<time>", "sender": null,
        "receiver": {"id": "<id:user>", "username": "user"}, "related_style": null, "related_generation": null});
    let captured = usage("made", "completed", false, &json!("<url:image>"));
    let released = usage("failed", "failed", true, &Value::Null);
    let held = usage("open", "pending", false, &Value::Null);
    let list = "/api/tokens/transactions";
    let all = page(&json!([held, released, captured, welcome]));
    known.data(&stage.user.get(list).await, 200, &all);
    let first = json!({"results": [held], "next_cursor": "<cursor>", "has_more": true});
    known.data(&stage.user.get(&format!("{list}?limit=1")).await, 200, &first);
    for (kind, rows) in [
        ("usage", json!([held, released, captured])),
        ("refund", json!([released])),
        ("welcome", json!([welcome])),
        ("purchase", json!([])),
    ] {
        let found = stage.user.get(&format!("{list}?type={kind}")).await;
        known.data(&found, 200, &page(&rows));
    }
    // The artist sees the same rows but for an image that is not theirs to see.
    let unseen = usage("made", "completed", false, &Value::Null);
    welcome["receiver"] = json!({"id": "<id:artist>", "username": "artist"});
    let theirs = page(&json!([held, released, unseen, welcome]));
    known.data(&stage.artist.get(list).await, 200, &theirs);

    let bad = stage.user.get(&format!("{list}?type=gift&limit=0")).await;
    let details = json!({"type": "Must be one of: all, purchase, welcome, usage, refund.",
        "limit": "Must be between 1 and 100."});
    known.error(&bad, 422, "VALIDATION_ERROR", &details);
    assert_eq!(stage.seen(open).await["status"], "queued");
    known.shows(TOKENS);
}
