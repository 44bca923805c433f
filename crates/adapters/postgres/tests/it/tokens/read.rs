//! Reads of balances.

use domain::{
    UserId,
    generations::{GenerationStatus as S, Settlements},
    tokens::{BalanceView, TokenQueries},
    users::UserQueries,
};

use crate::support::{World, tokens};

#[tokio::test]
async fn a_balance_has_available_held_and_earned_tokens() {
    let world = World::new().await;
    for (id, state) in [
        (1, S::Queued),
        (2, S::Processing),
        (3, S::Retrying),
        (4, S::Completed),
        (5, S::Failed),
    ] {
        world.in_state(id, state).await;
    }
    assert_eq!(
        world.store.balance(world.payer).await.unwrap(),
        Some(BalanceView {
            user_id: world.payer,
            available: tokens(60),
            held: tokens(30),
            earned: None
        })
    );
}

#[tokio::test]
async fn a_balance_includes_applied_and_pending_earnings() {
    let world = World::new().await;
    world.in_state(1, S::Completed).await;
    assert_eq!(Settlements::apply_earnings(&world.store, 10).await.unwrap(), 1);
    world.in_state(2, S::Completed).await;
    let earned = async || {
        let balance = world.store.balance(world.artist).await.unwrap().unwrap();
        let me = world.store.me(world.artist).await.unwrap().unwrap();
        (balance.earned, me.earned)
    };
    assert_eq!(earned().await, (Some(tokens(20)), tokens(20)));
    assert_eq!(Settlements::apply_earnings(&world.store, 10).await.unwrap(), 1);
    assert_eq!(earned().await, (Some(tokens(20)), tokens(20)));
}

#[tokio::test]
async fn an_unknown_user_has_no_balance() {
    let world = World::new().await;
    assert_eq!(world.store.balance(UserId(99)).await.unwrap(), None);
}
