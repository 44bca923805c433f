//! Concurrent first logins.

use super::callback_url;
use crate::support::{FRONTEND, Platform};

const ROUNDS: usize = 25;

#[tokio::test]
async fn concurrent_first_logins_grant_one_welcome_bonus() {
    let platform = Platform::start().await;
    for round in 0..ROUNDS {
        let email = format!("racer-{round}@example.com");
        let (one, other) = (platform.browser(), platform.browser());
        let (first, second) = (
            callback_url(&one, &email).await,
            callback_url(&other, &email).await,
        );
        let (first, second) = tokio::join!(one.get(first.as_str()), other.get(second.as_str()));
        for answer in [first, second] {
            assert_eq!(answer.location(), format!("{FRONTEND}/"), "round {round}");
        }
        let (one, other) = (one.me().await, other.me().await);
        assert_eq!(one, other, "round {round}: one account");
        assert_eq!(one["token_balance"], 100, "round {round}");
    }
    let rounds = i64::try_from(ROUNDS).expect("a small number");
    platform.assert_rows("users", rounds).await;
    platform
        .assert_rows("token_transactions WHERE kind = 'welcome'", rounds)
        .await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn repeated_logins_grant_one_welcome_bonus() {
    let platform = Platform::start().await;
    let browser = platform.user("regular@example.com").await;
    browser.login("regular@example.com").await;
    platform.user("regular@example.com").await;
    let list = browser
        .get("/api/tokens/transactions?type=welcome")
        .await
        .data(200);
    let rows = list["results"].as_array().expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["amount"], &rows[0]["memo"]),
        (&100.into(), &"Welcome Bonus".into())
    );
    assert_eq!(
        (&rows[0]["sender"], &rows[0]["receiver"]["username"]),
        (&().into(), &"regular".into())
    );
}
