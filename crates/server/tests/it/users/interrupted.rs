//! A crash in the middle of an erasure.

use crate::support::stage::{Stage, requested};

/// As an account is after its deactivation, a while ago.
const ASKED: &str = "UPDATE users SET is_active = false, erasure_requested_at = now() - interval '1 minute' WHERE username = ";

#[tokio::test]
async fn p10_erasures_that_a_crash_interrupted_are_finished() {
    let mut stage = Stage::set(10).await;
    let made = stage.requested().await;
    stage.complete(made).await;
    stage.requested().await;
    let own = requested(&stage.artist, stage.style).await;
    let third = stage.platform.user("third@example.com").await;
    requested(&third, stage.style).await;
    stage.platform.kill().await;
    for name in ["user", "artist"] {
        stage.platform.execute(&format!("{ASKED}'{name}'")).await;
    }
    // Had got further: its requests are settled, nothing else is done.
    stage.platform.execute(&format!("{ASKED}'third'")).await;

    stage.platform.restart().await;
    let platform = &stage.platform;
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
    assert_eq!(
        platform
            .count("SELECT count(*) AS n FROM generation_requests WHERE settled_at IS NULL")
            .await,
        0
    );
    assert_eq!(
        platform
            .count("SELECT count(*) AS n FROM style_models WHERE is_active")
            .await,
        0
    );
    platform.assert_books_balance().await;
}
