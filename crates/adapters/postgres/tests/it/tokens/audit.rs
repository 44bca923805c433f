//! Differences that the audit finds.

use domain::{generations::GenerationStatus as S, tokens::Audit};

use crate::support::World;

async fn differences(world: &World) -> String {
    world.store.verify().await.unwrap().join("\n")
}

/// Runs SQL without the ledger's triggers.
async fn tamper(world: &World, sql: &str) {
    world
        .sql(&format!(
            "ALTER TABLE token_transactions DISABLE TRIGGER ALL; {sql};
             ALTER TABLE token_transactions ENABLE TRIGGER ALL"
        ))
        .await;
}

#[tokio::test]
async fn a_wrong_wallet_is_found() {
    let world = World::new().await;
    world
        .sql("UPDATE wallets SET available = 101 WHERE user_id = 1")
        .await;
    let found = differences(&world).await;
    assert!(
        found.contains("P1: 300 tokens issued, but 301 accounted for"),
        "{found}"
    );
    assert!(
        found.contains("P4: the wallet of user 1 holds 101 tokens, its entries say 100"),
        "{found}"
    );
}

#[tokio::test]
async fn a_missing_wallet_is_found() {
    let world = World::new().await;
    world.sql("DELETE FROM wallets WHERE user_id = 3").await;
    let found = differences(&world).await;
    assert!(
        found.contains("P4: the wallet of user 3 holds no tokens, its entries say 100"),
        "{found}"
    );
}

#[tokio::test]
async fn an_earning_without_capture_is_found() {
    let world = World::new().await;
    world.in_state(7, S::Completed).await;
    world.sql("UPDATE earning_deltas SET amount = 11").await;
    let found = differences(&world).await;
    assert!(found.contains("P1: 300 tokens issued, but 301"), "{found}");
    assert!(
        found.contains("P4: artist 2 has 0 tokens and 11 pending, the entries say 10"),
        "{found}"
    );
    assert!(
        found.contains("(11 tokens for artist 2) is not what was captured"),
        "{found}"
    );
}

#[tokio::test]
async fn a_negative_balance_is_found() {
    let world = World::new().await;
    world
        .sql("ALTER TABLE wallets DROP CONSTRAINT ck_wallets_available")
        .await;
    world
        .sql("UPDATE wallets SET available = -1 WHERE user_id = 1")
        .await;
    let found = differences(&world).await;
    assert!(
        found.contains("P2: the wallet of user 1 holds -1 tokens"),
        "{found}"
    );
}

#[tokio::test]
async fn a_settlement_that_does_not_match_its_hold_is_found() {
    let world = World::new().await;
    world.in_state(7, S::Completed).await;
    tamper(
        &world,
        "UPDATE token_transactions SET amount = 9 WHERE key = 'settle:7'",
    )
    .await;
    let found = differences(&world).await;
    assert!(
        found.contains("P3: the capture of generation 7 (9 tokens of user 1 to 2)"),
        "{found}"
    );
}

#[tokio::test]
async fn a_settlement_without_a_hold_is_found() {
    let world = World::new().await;
    world.in_state(7, S::Failed).await;
    tamper(&world, "DELETE FROM token_transactions WHERE key = 'hold:7'").await;
    let found = differences(&world).await;
    assert!(
        found.contains("P3: generation 7 has 0 holds and 1 settlements"),
        "{found}"
    );
}

#[tokio::test]
async fn a_hold_without_generation_is_found() {
    let world = World::new().await;
    world.queued(7).await;
    world.sql("DELETE FROM generation_requests").await;
    let found = differences(&world).await;
    assert!(
        found.contains("P3: the hold of generation 7 (10 tokens of user 1) is not settled"),
        "{found}"
    );
}

#[tokio::test]
async fn a_state_that_does_not_match_its_settlement_is_found() {
    let world = World::new().await;
    world.in_state(7, S::Completed).await;
    world.in_state(8, S::Processing).await;
    world
        .sql("UPDATE generation_requests SET status = 'failed' WHERE id = 7")
        .await;
    world
        .sql("UPDATE generation_requests SET status = 'completed', settled_at = now() WHERE id = 8")
        .await;
    let found = differences(&world).await;
    assert!(found.contains("P3: generation 7 is failed"), "{found}");
    assert!(found.contains("P3: generation 8 is completed"), "{found}");
    assert!(found.contains("its settlement is missing"), "{found}");
}

#[tokio::test]
async fn a_deleted_settled_generation_is_no_difference() {
    let world = World::new().await;
    world.in_state(7, S::Failed).await;
    world.sql("DELETE FROM generation_requests").await;
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn the_database_answers() {
    World::new().await.store.ping().await.unwrap();
}
