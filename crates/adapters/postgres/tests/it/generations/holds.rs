//! Hold: atomic, also with concurrent holds.

use domain::{
    GenerationId, StorageError, StyleId, UserId,
    generations::{Caption, GenerationStatus, Hold, HoldOutcome, Settlements},
};
use futures_util::future::join_all;

use crate::support::{PRICE, World, task, tokens};

async fn hold_all(world: &World, holds: Vec<Hold>) -> Vec<HoldOutcome> {
    join_all(holds.into_iter().map(|hold| world.store.hold(hold)))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

/// Number of rows written by holds, in all tables.
async fn rows(world: &World) -> i64 {
    world
        .value(
            "SELECT (SELECT count(*) FROM generation_requests) + (SELECT count(*) FROM outbox_messages)
                  + (SELECT count(*) FROM token_transactions WHERE kind = 'hold')",
        )
        .await
}

#[tokio::test]
async fn a_hold_stores_generation_ledger_entry_and_task() {
    let world = World::new().await;
    let mut hold = world.new_hold(7);
    hold.task_id = task(7);
    hold.request.caption = Some(Caption::parse("고양이").unwrap());
    let outcome = world.store.hold(hold).await.unwrap();

    assert_eq!(
        outcome,
        HoldOutcome::Held {
            available: tokens(90)
        }
    );
    assert_eq!(world.available(world.payer).await, 90);
    assert_eq!(world.status(GenerationId(7)).await, GenerationStatus::Queued);
    let stored: i64 = world
        .count(
            "generation_requests WHERE prompt_tags = '{cat,sea}' AND description = '고양이' AND seed = 42
               AND result_key = 'generations/00000000000000000000000000000007.png' AND attempt = 1
               AND taken_at IS NULL AND settled_at IS NULL",
        )
        .await;
    assert_eq!(stored, 1);
    let message = "outbox_messages WHERE topic = 'image_generation' AND subject_id = 7
        AND message_id = '00000000-0000-0000-0000-000000000007' AND convert_from(payload, 'UTF8') = '{\"task\":1}'";
    assert_eq!(world.count(message).await, 1);
    let entry = "token_transactions WHERE key = 'hold:7' AND payee_id = debit_user_id + 1 AND amount = 10";
    assert_eq!(world.count(entry).await, 1);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn b1_of_fifty_concurrent_holds_with_tokens_for_one_exactly_one_succeeds() {
    let world = World::new().await;
    let spend = world.available(world.payer).await - PRICE;
    let mut hold = world.new_hold(1);
    hold.request.price = tokens(spend);
    world.store.hold(hold).await.unwrap();

    let outcomes = hold_all(&world, (2..52).map(|id| world.new_hold(id)).collect()).await;

    let successes = outcomes
        .iter()
        .filter(|outcome| **outcome == HoldOutcome::Held { available: tokens(0) });
    assert_eq!(successes.count(), 1);
    let insufficient = HoldOutcome::InsufficientTokens { available: tokens(0) };
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == insufficient)
            .count(),
        49
    );
    assert_eq!(rows(&world).await, 6);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_hold_without_tokens_writes_nothing() {
    let world = World::new().await;
    let mut hold = world.new_hold(1);
    hold.request.price = tokens(101);

    let outcome = world.store.hold(hold).await.unwrap();

    assert_eq!(
        outcome,
        HoldOutcome::InsufficientTokens {
            available: tokens(100)
        }
    );
    assert_eq!(rows(&world).await, 0);
}

#[tokio::test]
async fn a_hold_without_a_wallet_writes_nothing() {
    let world = World::new().await;
    let mut hold = world.new_hold(1);
    hold.request.user_id = UserId(999);
    assert_eq!(world.store.hold(hold).await.unwrap(), HoldOutcome::NoWallet);
    assert_eq!(rows(&world).await, 0);
}

#[tokio::test]
async fn a_used_id_or_a_deleted_style_aborts_the_hold() {
    let world = World::new().await;
    world.queued(1).await;
    let same_id = world.new_hold(1);
    let mut same_task = world.new_hold(2);
    same_task.task_id = task(1);
    let mut no_style = world.new_hold(3);
    no_style.request.style_id = StyleId(999);
    for hold in [same_id, same_task, no_style] {
        let outcome = world.store.hold(hold).await;
        assert!(matches!(outcome, Err(StorageError::Aborted(_))), "{outcome:?}");
    }
    assert_eq!(rows(&world).await, 3);
    assert_eq!(world.available(world.payer).await, 90);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn artists_pay_for_their_own_styles() {
    let world = World::new().await;
    let mut hold = world.new_hold(1);
    hold.request.user_id = world.artist;
    assert_eq!(
        world.store.hold(hold).await.unwrap(),
        HoldOutcome::Held {
            available: tokens(90)
        }
    );
    world.assert_ledger_balances().await;
}
