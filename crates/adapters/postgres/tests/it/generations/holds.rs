//! Hold: all or nothing, whoever else asks at the same time.

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

/// Rows that a hold writes, in all tables together.
async fn rows(world: &World) -> i64 {
    world
        .value(
            "SELECT (SELECT count(*) FROM generation_requests) + (SELECT count(*) FROM outbox_messages)
                  + (SELECT count(*) FROM token_transactions WHERE kind = 'hold')",
        )
        .await
}

#[tokio::test]
async fn a_hold_stores_request_entry_and_task() {
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
    let task_sent = "outbox_messages WHERE topic = 'image_generation' AND subject_id = 7
        AND message_id = '00000000-0000-0000-0000-000000000007' AND convert_from(payload, 'UTF8') = '{\"task\":1}'";
    assert_eq!(world.count(task_sent).await, 1);
    let entered = "token_transactions WHERE key = 'hold:7' AND payee_id = debit_user_id + 1 AND amount = 10";
    assert_eq!(world.count(entered).await, 1);
    world.assert_books_balance().await;
}

#[tokio::test]
async fn b1_fifty_parallel_holds_with_tokens_for_one_make_exactly_one() {
    let world = World::new().await;
    let spend = world.available(world.payer).await - PRICE;
    let mut hold = world.new_hold(1);
    hold.request.price = tokens(spend);
    world.store.hold(hold).await.unwrap();

    let outcomes = hold_all(&world, (2..52).map(|id| world.new_hold(id)).collect()).await;

    let held = outcomes
        .iter()
        .filter(|outcome| **outcome == HoldOutcome::Held { available: tokens(0) });
    assert_eq!(held.count(), 1);
    let refused = HoldOutcome::InsufficientTokens { available: tokens(0) };
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == refused).count(), 49);
    assert_eq!(rows(&world).await, 6);
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_hold_without_tokens_writes_nothing() {
    let world = World::new().await;
    let mut dear = world.new_hold(1);
    dear.request.price = tokens(101);

    let outcome = world.store.hold(dear).await.unwrap();

    assert_eq!(
        outcome,
        HoldOutcome::InsufficientTokens {
            available: tokens(100)
        }
    );
    assert_eq!(rows(&world).await, 0);
}

#[tokio::test]
async fn somebody_without_a_wallet_holds_nothing() {
    let world = World::new().await;
    let mut hold = world.new_hold(1);
    hold.request.user_id = UserId(999);
    assert_eq!(world.store.hold(hold).await.unwrap(), HoldOutcome::NoWallet);
    assert_eq!(rows(&world).await, 0);
}

#[tokio::test]
async fn a_used_id_or_a_style_that_is_gone_aborts_and_writes_nothing() {
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn an_artist_pays_for_the_own_style_too() {
    let world = World::new().await;
    let mut hold = world.new_hold(1);
    hold.request.user_id = world.artist;
    assert_eq!(
        world.store.hold(hold).await.unwrap(),
        HoldOutcome::Held {
            available: tokens(90)
        }
    );
    world.assert_books_balance().await;
}
