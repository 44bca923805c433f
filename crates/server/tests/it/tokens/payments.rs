//! Buying tokens through a payment provider: the same paths, statuses and errors as the real one, on this machine.

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

use crate::support::{FRONTEND, PATIENCE, Platform, stage::WELCOME};

/// What the smallest package holds, and what it costs in won.
const PACKAGE: i64 = 100;
const PRICE: i64 = 10_000;

/// What the provider answers while it has trouble.
const DOWN: &str = "FAILED_INTERNAL_SYSTEM_PROCESSING";

/// Somebody who buys.
struct Buyer {
    platform: Platform,
    user: Client,
}

/// An order that waits for its payment.
struct Placed {
    id: String,
    payment_url: String,
}

impl Buyer {
    async fn new() -> Self {
        let platform = Platform::start().await;
        let user = platform.user("buyer@example.com").await;
        Self { platform, user }
    }

    /// The same with the provider's events sent to us.
    async fn with_events() -> Self {
        let buyer = Self::new().await;
        let url = format!("{}/api/webhooks/toss/payment", buyer.platform.base);
        buyer.platform.payments.set_webhook_url(Some(url));
        buyer
    }

    async fn order(&self) -> Placed {
        let placed = self
            .user
            .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
            .await
            .data(201);
        let text = |field: &str| placed[field].as_str().expect("a text").to_owned();
        Placed {
            id: text("order_id"),
            payment_url: text("payment_url"),
        }
    }

    /// The buyer agrees on the provider's page; where the browser is sent.
    async fn agree(&self, order: &Placed) -> String {
        let back = self.platform.payments.pay(&order.payment_url).await;
        back.expect("the page takes it")
    }

    /// An order that is paid, and its tokens granted.
    async fn bought(&self) -> Placed {
        let order = self.order().await;
        let back = self.agree(&order).await;
        order.assert_paid(&self.user.get(&back).await);
        order
    }

    /// An order that was paid at the provider, of which we could not hear: the order, the address of the return, and
    /// where that led.
    async fn paid_unheard(&self) -> (Placed, String, Answer) {
        let order = self.order().await;
        let back = self.agree(&order).await;
        let payments = &self.platform.payments;
        payments.fail_always(Call::Confirm, Some(Fault::DoneButAnswers(DOWN)));
        payments.fail_always(Call::Order, Some(Fault::Refused(DOWN)));
        let answer = self.user.get(&back).await;
        payments.fail_always(Call::Confirm, None);
        payments.fail_always(Call::Order, None);
        (order, back, answer)
    }

    /// Waits until the provider was asked to confirm.
    async fn is_being_confirmed(&self) {
        let asked = async {
            while self.platform.payments.calls(Call::Confirm) == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asked)
            .await
            .expect("it is confirmed");
    }

    fn key(&self, order: &Placed) -> String {
        let key = self.platform.payments.payment_key(&order.payment_url);
        key.expect("a page of the provider")
    }

    async fn status(&self, order: &Placed) -> String {
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

    /// Asserts that the order is in this state, that so many tokens are in the wallet, and that the books balance.
    async fn assert_is(&self, order: &Placed, status: &str, balance: i64) {
        assert_eq!(self.status(order).await, status);
        assert_eq!(self.balance().await, balance);
        self.platform.assert_books_balance().await;
    }

    /// The time has come to look at the order by itself, which it has soon after a confirmation was begun.
    async fn is_due(&self, order: &Placed) {
        let begun = format!(
            "SELECT count(*) AS n FROM purchases WHERE order_id = '{}' AND look_at < now() + interval '1 minute'",
            order.id
        );
        assert_eq!(
            self.platform.count(&begun).await,
            1,
            "nobody is to look at it soon"
        );
        let sql = format!(
            "UPDATE purchases SET look_at = now() WHERE order_id = '{}'",
            order.id
        );
        self.platform.execute(&sql).await;
    }

    /// Lets the order's time be over for so long that the sweep looks at it.
    async fn outlive(&self, order: &Placed) {
        let sql = format!(
            "UPDATE purchases SET expires_at = now() - interval '2 minutes', look_at = now() - interval '1 minute',
                    created_at = now() - interval '32 minutes'
              WHERE order_id = '{}'",
            order.id
        );
        self.platform.execute(&sql).await;
    }
}

impl Placed {
    /// Asserts that a return ends on the web client's page of successes.
    #[track_caller]
    fn assert_paid(&self, answer: &Answer) {
        assert_eq!(answer.status, 302, "{}", answer.text);
        let page = format!("{FRONTEND}/payments/success?order_id={}&status=paid", self.id);
        assert_eq!(answer.location(), page);
    }

    /// Asserts that a return ends on the web client's page of failures with this (`error` and what follows it).
    #[track_caller]
    fn assert_failed(&self, answer: &Answer, error: &str) {
        assert_eq!(answer.status, 302, "{}", answer.text);
        let page = format!("{FRONTEND}/payments/fail?order_id={}&error={error}", self.id);
        assert_eq!(answer.location(), page);
    }
}
