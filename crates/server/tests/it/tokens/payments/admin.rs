//! What buyers owe, as those who run the platform see it.

use serde_json::{Value, json};

use super::Buyer;
use crate::support::expect::{assert_data, assert_error};

#[tokio::test]
async fn admins_see_what_is_owed() {
    let buyer = Buyer::new().await;
    let order = buyer.bought().await;
    let (_artist, style) = buyer.platform.trained_style(150).await;
    buyer.user.generate(style, "1:1").await.data(201);
    buyer
        .platform
        .payments
        .cancel(&buyer.key(&order), None)
        .expect("it is canceled");
    let (_, said) = buyer.platform.command(&["payments", "reconcile"]).await;
    assert!(said.contains("repaired, was paid and is canceled now"), "{said}");

    let admin = buyer.platform.user("admin@example.com").await;
    assert_error(
        &admin.get("/api/admin/owed-tokens").await,
        403,
        "FORBIDDEN",
        &Value::Null,
    );
    buyer
        .platform
        .execute("UPDATE users SET is_admin = true WHERE username = 'admin'")
        .await;
    let row = json!({"order_id": order.id, "user": {"id": "<id>", "username": "buyer"}, "package_id": "basic_100",
        "amount_tokens": 100, "owed_tokens": 50, "created_at": "<time>", "canceled_at": "<time>"});
    let expected = json!({"results": [row], "next_cursor": null, "has_more": false});
    assert_data(&admin.get("/api/admin/owed-tokens").await, 200, &expected);
    let (_, said) = buyer.platform.command(&["payments", "owed"]).await;
    assert!(
        said.contains("buyer owes 50 of 100 tokens") && said.contains("50 tokens owed"),
        "{said}"
    );

    // The account goes, the debt stays on record.
    assert_eq!(buyer.user.delete("/api/users/me").await.status, 204);
    let listed = admin.get("/api/admin/owed-tokens").await.data(200);
    assert_eq!(
        (
            &listed["results"][0]["user"],
            &listed["results"][0]["owed_tokens"]
        ),
        (&Value::Null, &json!(50))
    );
    buyer.platform.assert_books_balance().await;
}
