//! Capture, release and cancel: applied once.

use domain::{
    GenerationId,
    generations::{GenerationStatus as S, OwnerCancel, Settlements},
};
use futures_util::future::join_all;

use crate::support::{World, applied, at, capture, fail, ignored};

#[tokio::test]
async fn a_capture_stores_the_image_pays_the_artist_and_notifies_the_owner() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;

    let transition = world.store.capture(capture(id, None)).await.unwrap();

    assert_eq!(transition, applied(S::Processing));
    assert_eq!(world.status(id).await, S::Completed);
    assert_eq!(world.earned().await, 10);
    assert_eq!(world.available(world.payer).await, 90);
    let image = "generated_images WHERE generation_id = 7 AND bucket = 'media' AND NOT is_public
        AND object_key = 'generations/7.png' AND metadata = '{\"steps\":50}'";
    assert_eq!(world.count(image).await, 1);
    let notification = format!(
        "notifications WHERE user_id = {} AND type = 'generation_complete' AND target_type = 'generation'
           AND target_id = 7 AND NOT is_read",
        world.payer
    );
    assert_eq!(world.count(&notification).await, 1);
    assert_eq!(
        world
            .count("generation_requests WHERE progress IS NULL AND settled_at = updated_at")
            .await,
        1
    );
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn ten_concurrent_completions_pay_once() {
    let world = World::new().await;
    let id = world.queued(7).await;

    let results = join_all((0..10).map(|_| world.store.capture(capture(id, None)))).await;

    let applied = results
        .iter()
        .filter(|result| result.as_ref().unwrap().unwrap().applied)
        .count();
    assert_eq!(applied, 1);
    assert_eq!(world.earned().await, 10);
    assert_eq!(world.count("notifications").await, 1);
    let before: Vec<S> = results
        .into_iter()
        .map(|result| result.unwrap().unwrap().before)
        .collect();
    assert_eq!(
        before.iter().filter(|state| **state == S::Queued).count(),
        1,
        "{before:?}"
    );
    assert_eq!(
        before.iter().filter(|state| **state == S::Completed).count(),
        9,
        "{before:?}"
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_release_returns_the_tokens_and_notifies_the_owner() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;

    let transition = world.store.release(fail(id, None, 1)).await.unwrap();

    assert_eq!(transition, applied(S::Processing));
    assert_eq!(world.status(id).await, S::Failed);
    assert_eq!(world.available(world.payer).await, 100);
    let failed = "generation_requests WHERE error_code = 'CUDA_BROKEN' AND error_message = 'It broke.'
        AND progress IS NULL AND settled_at IS NOT NULL";
    assert_eq!(world.count(failed).await, 1);
    let notification =
        "notifications WHERE type = 'generation_failed' AND target_id = 7 AND target_type = 'generation'";
    assert_eq!(world.count(notification).await, 1);
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_second_failure_report_releases_nothing() {
    let world = World::new().await;
    let id = world.queued(7).await;
    assert_eq!(
        world.store.release(fail(id, None, 1)).await.unwrap(),
        applied(S::Queued)
    );

    assert_eq!(
        world.store.release(fail(id, None, 1)).await.unwrap(),
        ignored(S::Failed)
    );

    assert_eq!(world.available(world.payer).await, 100);
    assert_eq!(world.count("notifications").await, 1);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn ten_concurrent_failures_release_once() {
    let world = World::new().await;
    let id = world.queued(7).await;
    let results = join_all((0..10).map(|_| world.store.release(fail(id, None, 1)))).await;
    let applied = results
        .into_iter()
        .filter(|result| result.as_ref().unwrap().unwrap().applied)
        .count();
    assert_eq!(applied, 1);
    assert_eq!(world.available(world.payer).await, 100);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_cancel_returns_the_tokens_without_a_notification() {
    let world = World::new().await;
    let id = world.in_state(7, S::Retrying).await;

    assert_eq!(
        world.store.cancel(world.cancel(id)).await.unwrap(),
        applied(S::Retrying)
    );

    assert_eq!(world.status(id).await, S::Canceled);
    assert_eq!(world.available(world.payer).await, 100);
    assert_eq!(world.count("notifications").await, 0);
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_completion_after_a_cancel_changes_nothing() {
    let world = World::new().await;
    let id = world.in_state(7, S::Canceled).await;

    assert_eq!(
        world.store.capture(capture(id, None)).await.unwrap(),
        ignored(S::Canceled)
    );

    assert_eq!(world.status(id).await, S::Canceled);
    assert_eq!(world.count("generated_images").await, 0);
    assert_eq!(
        (world.available(world.payer).await, world.earned().await),
        (100, 0)
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_cancel_by_another_user_finds_no_generation() {
    let world = World::new().await;
    let id = world.queued(7).await;
    let cancel = OwnerCancel {
        owner: world.other,
        ..world.cancel(id)
    };

    assert_eq!(world.store.cancel(cancel).await.unwrap(), None);

    assert_eq!(world.status(id).await, S::Queued);
    assert_eq!(world.available(world.other).await, 100);
}

#[tokio::test]
async fn an_unknown_generation_is_none() {
    let world = World::new().await;
    let id = GenerationId(404);
    assert_eq!(world.store.capture(capture(id, None)).await.unwrap(), None);
    assert_eq!(world.store.release(fail(id, None, 1)).await.unwrap(), None);
    assert_eq!(
        world
            .store
            .cancel(OwnerCancel {
                generation: id,
                owner: world.payer,
                now: at(1)
            })
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn p5_the_ledger_is_append_only() {
    let world = World::new().await;
    world.in_state(7, S::Completed).await;
    for change in [
        "UPDATE token_transactions SET amount = 1",
        "UPDATE token_transactions SET memo = NULL WHERE key = 'hold:7'",
        "DELETE FROM token_transactions WHERE key = 'settle:7'",
        "TRUNCATE token_transactions",
    ] {
        let error = world.sql_error(change).await;
        assert!(error.contains("append-only"), "{change}: {error}");
    }
    world.assert_ledger_balances().await;
}
