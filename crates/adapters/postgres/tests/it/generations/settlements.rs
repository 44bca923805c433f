//! Capture, release, cancel: once, and by the right one.

use domain::{
    GenerationId,
    generations::{GenerationStatus as S, OwnerCancel, Settlements},
};
use futures_util::future::join_all;

use crate::support::{World, applied, at, capture, fail, ignored};

#[tokio::test]
async fn a_capture_stores_the_image_pays_the_artist_and_tells_the_owner() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;

    let settled = world.store.capture(capture(id, None)).await.unwrap();

    assert_eq!(settled, applied(S::Processing));
    assert_eq!(world.status(id).await, S::Completed);
    assert_eq!(world.earned().await, 10);
    assert_eq!(world.available(world.payer).await, 90);
    let image = "generated_images WHERE generation_id = 7 AND bucket = 'media' AND NOT is_public
        AND object_key = 'generations/7.png' AND metadata = '{\"steps\":50}'";
    assert_eq!(world.count(image).await, 1);
    let told = format!(
        "notifications WHERE user_id = {} AND type = 'generation_complete' AND target_type = 'generation'
           AND target_id = 7 AND NOT is_read",
        world.payer
    );
    assert_eq!(world.count(&told).await, 1);
    assert_eq!(
        world
            .count("generation_requests WHERE progress IS NULL AND settled_at = updated_at")
            .await,
        1
    );
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_books_balance().await;
}

#[tokio::test]
async fn ten_duplicate_completions_pay_once() {
    let world = World::new().await;
    let id = world.queued(7).await;

    let settled = join_all((0..10).map(|_| world.store.capture(capture(id, None)))).await;

    let applied = settled
        .iter()
        .filter(|one| one.as_ref().unwrap().unwrap().applied)
        .count();
    assert_eq!(applied, 1);
    assert_eq!(world.earned().await, 10);
    assert_eq!(world.count("notifications").await, 1);
    let before: Vec<S> = settled
        .into_iter()
        .map(|one| one.unwrap().unwrap().before)
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_release_returns_the_tokens_and_tells_the_owner() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;

    let settled = world.store.release(fail(id, None, 1)).await.unwrap();

    assert_eq!(settled, applied(S::Processing));
    assert_eq!(world.status(id).await, S::Failed);
    assert_eq!(world.available(world.payer).await, 100);
    let why = "generation_requests WHERE error_code = 'CUDA_BROKEN' AND error_message = 'It broke.'
        AND progress IS NULL AND settled_at IS NOT NULL";
    assert_eq!(world.count(why).await, 1);
    let told =
        "notifications WHERE type = 'generation_failed' AND target_id = 7 AND target_type = 'generation'";
    assert_eq!(world.count(told).await, 1);
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_books_balance().await;
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn ten_failures_at_once_release_once() {
    let world = World::new().await;
    let id = world.queued(7).await;
    let settled = join_all((0..10).map(|_| world.store.release(fail(id, None, 1)))).await;
    let applied = settled
        .into_iter()
        .filter(|one| one.as_ref().unwrap().unwrap().applied)
        .count();
    assert_eq!(applied, 1);
    assert_eq!(world.available(world.payer).await, 100);
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_cancel_returns_the_tokens_and_tells_nobody() {
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn completion_after_a_cancel_changes_nothing() {
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn somebody_elses_request_cannot_be_canceled_nor_is_it_told_of() {
    let world = World::new().await;
    let id = world.queued(7).await;
    let foreign = OwnerCancel {
        owner: world.other,
        ..world.cancel(id)
    };

    assert_eq!(world.store.cancel(foreign).await.unwrap(), None);

    assert_eq!(world.status(id).await, S::Queued);
    assert_eq!(world.available(world.other).await, 100);
}

#[tokio::test]
async fn an_unknown_request_is_none() {
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
        let refusal = world.refused(change).await;
        assert!(refusal.contains("append-only"), "{change}: {refusal}");
    }
    world.assert_books_balance().await;
}
