//! Account deletions that a crash has interrupted.

use crate::support::fixture::{Fixture, create_generation};

/// Puts an account into the state after its deactivation a minute ago.
const REQUEST_ERASURE: &str = "UPDATE users SET is_active = false, erasure_requested_at = now() - interval '1 minute' WHERE username = ";

#[tokio::test]
async fn p10_interrupted_erasures_are_resumed() {
    let mut fixture = Fixture::start(10).await;
    let made = fixture.create_generation().await;
    fixture.complete(made).await;
    fixture.create_generation().await;
    let own = create_generation(&fixture.artist, fixture.style).await;
    let third = fixture.platform.user("third@example.com").await;
    create_generation(&third, fixture.style).await;
    fixture.platform.kill().await;
    for name in ["user", "artist", "third"] {
        fixture
            .platform
            .execute(&format!("{REQUEST_ERASURE}'{name}'"))
            .await;
    }

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
        "others have used the style"
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
