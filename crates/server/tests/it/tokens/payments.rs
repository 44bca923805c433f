//! Purchases through the local payment provider.

mod admin;
mod bought;
mod canceled;
mod events;
mod expired;
mod reconciled;
mod returned;
mod unknown;

use std::time::Duration;

use serde_json::json;
use testkit::{
    client::{Answer, Client},
    payments::{Call, Fault},
};

use crate::support::{FRONTEND, Platform, TIMEOUT, fixture::WELCOME};

/// Tokens and price in won of the smallest package.
const PACKAGE: i64 = 100;
const PRICE: i64 = 10_000;

/// Error code of the provider during an outage.
const OUTAGE: &str = "FAILED_INTERNAL_SYSTEM_PROCESSING";

/// A platform and a buyer.
struct Buyer {
    platform: Platform,
    user: Client,
}

/// An order and its payment page.
struct Order {
    id: String,
    payment_url: String,
}

impl Buyer {
    async fn new() -> Self {
        let platform = Platform::start().await;
        let user = platform.user("buyer@example.com").await;
        Self { platform, user }
    }

    /// As [`Self::new`], with webhooks of the provider.
    async fn with_events() -> Self {
        let buyer = Self::new().await;
        let url = format!("{}/api/webhooks/toss/payment", buyer.platform.base);
        buyer.platform.payments.set_webhook_url(Some(url));
        buyer
    }

    async fn order(&self) -> Order {
        let created = self
            .user
            .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
            .await
            .data(201);
        let text = |field: &str| created[field].as_str().expect("a text").to_owned();
        Order {
            id: text("order_id"),
            payment_url: text("payment_url"),
        }
    }

    /// Pays on the provider's page. Returns the return URL.
    async fn pay(&self, order: &Order) -> String {
        let back = self.platform.payments.pay(&order.payment_url).await;
        back.expect("the checkout succeeds")
    }

    /// A paid order whose tokens are granted.
    async fn paid_order(&self) -> Order {
        let order = self.order().await;
        let back = self.pay(&order).await;
        order.assert_paid(&self.user.get(&back).await);
        order
    }

    /// An order that is confirmed at the provider, but the response is lost. Returns the order, the return URL and the
    /// answer to the return.
    async fn paid_with_lost_response(&self) -> (Order, String, Answer) {
        let order = self.order().await;
        let back = self.pay(&order).await;
        let payments = &self.platform.payments;
        payments.fail_always(Call::Confirm, Some(Fault::ErrorAfterSuccess(OUTAGE)));
        payments.fail_always(Call::Order, Some(Fault::Refused(OUTAGE)));
        let answer = self.user.get(&back).await;
        payments.fail_always(Call::Confirm, None);
        payments.fail_always(Call::Order, None);
        (order, back, answer)
    }

    /// Waits until the provider has received a confirmation.
    async fn until_confirming(&self) {
        let confirming = async {
            while self.platform.payments.calls(Call::Confirm) == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(TIMEOUT, confirming)
            .await
            .expect("a confirmation is received");
    }

    fn key(&self, order: &Order) -> String {
        let key = self.platform.payments.payment_key(&order.payment_url);
        key.expect("a page of the provider")
    }

    async fn status(&self, order: &Order) -> String {
        let seen = self
            .user
            .get(&format!("/api/tokens/purchases/{}", order.id))
            .await
            .data(200);
        seen["status"].as_str().expect("a text").to_owned()
    }

    async fn balance(&self) -> i64 {
        let balance = self.user.get("/api/tokens/balance").await.data(200);
        balance["token_balance"].as_i64().expect("a number")
    }

    /// Asserts the order's status, the buyer's balance, and that the ledger balances.
    async fn assert_state(&self, order: &Order, status: &str, balance: i64) {
        assert_eq!(self.status(order).await, status);
        assert_eq!(self.balance().await, balance);
        self.platform.assert_ledger_balances().await;
    }

    /// Makes the order due for the order check now.
    async fn make_due(&self, order: &Order) {
        let due_soon = format!(
            "SELECT count(*) AS n FROM purchases WHERE order_id = '{}' AND look_at < now() + interval '1 minute'",
            order.id
        );
        assert_eq!(
            self.platform.count(&due_soon).await,
            1,
            "the order is not scheduled"
        );
        let sql = format!(
            "UPDATE purchases SET look_at = now() WHERE order_id = '{}'",
            order.id
        );
        self.platform.execute(&sql).await;
    }

    /// Makes the order expire long enough ago for the order check.
    async fn expire(&self, order: &Order) {
        let sql = format!(
            "UPDATE purchases SET expires_at = now() - interval '2 minutes', look_at = now() - interval '1 minute',
                    created_at = now() - interval '32 minutes'
              WHERE order_id = '{}'",
            order.id
        );
        self.platform.execute(&sql).await;
    }
}

impl Order {
    /// Asserts a redirect to the web client's success page.
    #[track_caller]
    fn assert_paid(&self, answer: &Answer) {
        assert_eq!(answer.status, 302, "{}", answer.text);
        let page = format!("{FRONTEND}/payments/success?order_id={}&status=paid", self.id);
        assert_eq!(answer.location(), page);
    }

    /// Asserts a redirect to the web client's failure page with this `error` (and further parameters).
    #[track_caller]
    fn assert_failed(&self, answer: &Answer, error: &str) {
        assert_eq!(answer.status, 302, "{}", answer.text);
        let page = format!("{FRONTEND}/payments/fail?order_id={}&error={error}", self.id);
        assert_eq!(answer.location(), page);
    }
}
