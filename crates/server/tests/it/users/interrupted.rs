//! A crash during an erasure.

use crate::support::fixture::{Fixture, request_generation};

/// Puts an account into the state after its deactivation, some time ago.
const ASKED: &str = "UPDATE users SET is_active = false, erasure_requested_at = now() - interval '1 minute' WHERE username = ";

#[tokio::test]
async fn p10_erasures_that_a_crash_interrupted_are_finished() {
    let mut fixture = Fixture::start(10).await;
    let made = fixture.request_generation().await;
    fixture.complete(made).await;
    fixture.request_generation().await;
    let own = request_generation(&fixture.artist, fixture.style).await;
    let third = fixture.platform.user("third@example.com").await;
    request_generation(&third, fixture.style).await;
    fixture.platform.kill().await;
    for name in ["user", "artist"] {
        fixture.platform.execute(&format!("{ASKED}'{name}'")).await;
    }
    // Interrupted later: its generations are settled, nothing else is done.
    fixture.platform.execute(&format!("{ASKED}'third'")).await;

    fixture.platform.restart().await;
    let platform = &fixture.platform;
    platform
        .until_count(
            "SELECT count(*) AS n FROM users WHERE erasure_requested_at IS NOT NULL",
            0,
        )
        .await;
    assert_eq!(
        platform.text("SELECT string_agg(username, ',') FROM users").await,
        "artist",
        "whose style was used"
    );
    let released =
        format!("SELECT count(*) AS n FROM generation_requests WHERE id = {own} AND status = 'failed'");
    assert_eq!(platform.count(&released).await, 1);
    platform
        .assert_rows("generation_requests WHERE settled_at IS NULL", 0)
        .await;
    platform.assert_rows("style_models WHERE is_active", 0).await;
    platform.assert_ledger_balances().await;
}
