//! The list of owed tokens.

use serde_json::{Value, json};

use super::Buyer;
use crate::support::answers::{Answers, assert_answers};

#[tokio::test]
async fn admins_list_owed_tokens() {
    let buyer = Buyer::new().await;
    let order = buyer.paid_order().await;
    let (_artist, style) = buyer.platform.trained_style(150).await;
    buyer.user.generate(style, "1:1").await.data(201);
    buyer
        .platform
        .payments
        .cancel(&buyer.key(&order), None)
        .expect("the payment is canceled");
    let (_, output) = buyer.platform.command(&["payments", "reconcile"]).await;
    assert!(
        output.contains("repaired, was paid and is canceled now"),
        "{output}"
    );

    let admin = buyer.platform.user("admin@example.com").await;
    let mut answers = Answers::new();
    let path = "/api/admin/owed-tokens";
    answers.add(&admin.get(path).await);
    buyer.platform.make_admin("admin").await;
    let listed = answers.add(&admin.get(path).await);
    assert_eq!(listed["results"][0]["order_id"], order.id);
    assert_answers!(answers, &buyer.platform);
    let (_, output) = buyer.platform.command(&["payments", "owed"]).await;
    assert!(
        output.contains("buyer owes 50 of 100 tokens") && output.contains("50 tokens owed"),
        "{output}"
    );

    // The debt is kept when the account is deleted.
    assert_eq!(buyer.user.delete("/api/users/me").await.status, 204);
    let listed = admin.get("/api/admin/owed-tokens").await.data(200);
    assert_eq!(
        (
            &listed["results"][0]["user"],
            &listed["results"][0]["owed_tokens"]
        ),
        (&Value::Null, &json!(50))
    );
    buyer.platform.assert_ledger_balances().await;
}
