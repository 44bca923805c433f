//! Which reports count: task ids, heartbeats, attempts.

use domain::{
    GenerationId, StorageError,
    generations::{GenerationStatus as S, Settlements},
};
use futures_util::future::join_all;

use crate::support::{
    World, applied, at, by_worker, capture, fail, heartbeat, ignored, new_task, resend, task,
};

/// A generation in its second attempt, with the task `task(99)`, which no worker has taken.
async fn resent(world: &World) -> GenerationId {
    let id = world.queued(7).await;
    let resend = resend(id, by_worker(Some(task(7))), 1, task(99));
    assert_eq!(world.store.resend(resend).await.unwrap(), applied(S::Queued));
    id
}

#[tokio::test]
async fn a_resend_starts_a_new_attempt_with_a_new_task() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;

    assert_eq!(
        world
            .store
            .resend(resend(id, by_worker(None), 1, task(99)))
            .await
            .unwrap(),
        applied(S::Processing)
    );

    let row = format!(
        "generation_requests WHERE status = 'retrying' AND attempt = 2 AND task_id = '{}' AND taken_at IS NULL
           AND progress IS NULL AND error_code = 'TIMEOUT' AND last_heartbeat_at = '{}'",
        task(99),
        at(60).to_rfc3339()
    );
    assert_eq!(world.count(&row).await, 1);
    let message = format!(
        "outbox_messages WHERE message_id = '{}' AND subject_id = 7 AND available_at = '{}'
           AND convert_from(payload, 'UTF8') = '{{\"task\":2}}'",
        task(99),
        at(60).to_rfc3339()
    );
    assert_eq!(
        (world.count(&message).await, world.count("outbox_messages").await),
        (1, 1)
    );
    assert_eq!(world.available(world.payer).await, 90);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn ten_equal_failures_without_task_id_use_one_retry() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;

    let results =
        join_all((0..10).map(|_| world.store.resend(resend(id, by_worker(None), 1, new_task())))).await;

    assert_eq!(
        results
            .into_iter()
            .filter(|result| result.as_ref().unwrap().unwrap().applied)
            .count(),
        1
    );
    assert_eq!(world.count("generation_requests WHERE attempt = 2").await, 1);
    assert_eq!(world.count("outbox_messages").await, 1);
    // The second attempt has no heartbeat yet.
    let late = resend(id, by_worker(None), 2, new_task());
    assert_eq!(world.store.resend(late).await.unwrap(), ignored(S::Retrying));
    assert_eq!(
        world.store.release(fail(id, None, 2)).await.unwrap(),
        ignored(S::Retrying)
    );
    assert_eq!(world.status(id).await, S::Retrying);
}

#[tokio::test]
async fn a_failure_without_task_id_counts_after_a_heartbeat() {
    let world = World::new().await;
    let id = resent(&world).await;
    world
        .store
        .heartbeat(heartbeat(id, None, S::Processing, 70))
        .await
        .unwrap();
    assert_eq!(
        world.store.release(fail(id, None, 2)).await.unwrap(),
        applied(S::Processing)
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_failure_with_task_id_counts_only_for_its_attempt() {
    let world = World::new().await;
    let id = resent(&world).await;
    let old = Some(task(7));
    assert_eq!(
        world.store.release(fail(id, old, 2)).await.unwrap(),
        ignored(S::Retrying)
    );
    let late = resend(id, by_worker(old), 2, new_task());
    assert_eq!(world.store.resend(late).await.unwrap(), ignored(S::Retrying));

    // A failure of the current attempt counts without a heartbeat.
    assert_eq!(
        world.store.release(fail(id, Some(task(99)), 2)).await.unwrap(),
        applied(S::Retrying)
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_failure_for_another_attempt_number_changes_nothing() {
    let world = World::new().await;
    let id = resent(&world).await;
    for attempt in [1, 3] {
        assert_eq!(
            world
                .store
                .release(fail(id, Some(task(99)), attempt))
                .await
                .unwrap(),
            ignored(S::Retrying)
        );
        let resend = resend(id, by_worker(Some(task(99))), attempt, new_task());
        assert_eq!(world.store.resend(resend).await.unwrap(), ignored(S::Retrying));
    }
}

#[tokio::test]
async fn heartbeats_and_completions_count_without_task_id_or_with_the_current_one() {
    let world = World::new().await;
    let id = resent(&world).await;
    assert_eq!(
        world
            .store
            .heartbeat(heartbeat(id, Some(task(7)), S::Processing, 70))
            .await
            .unwrap(),
        ignored(S::Retrying)
    );
    assert_eq!(
        world.store.capture(capture(id, Some(task(7)))).await.unwrap(),
        ignored(S::Retrying)
    );

    assert_eq!(
        world
            .store
            .heartbeat(heartbeat(id, Some(task(99)), S::Processing, 71))
            .await
            .unwrap(),
        applied(S::Retrying)
    );
    assert_eq!(
        world
            .store
            .heartbeat(heartbeat(id, None, S::Processing, 72))
            .await
            .unwrap(),
        applied(S::Processing)
    );
    assert_eq!(
        world.store.capture(capture(id, Some(task(99)))).await.unwrap(),
        applied(S::Processing)
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_heartbeat_is_stored_and_the_time_of_the_first_one_is_kept() {
    let world = World::new().await;
    let id = world.queued(7).await;
    world
        .store
        .heartbeat(heartbeat(id, None, S::Processing, 5))
        .await
        .unwrap();
    // A worker that retries by itself reports less progress.
    world
        .store
        .heartbeat(heartbeat(id, None, S::Processing, 3))
        .await
        .unwrap();
    let row = format!(
        "generation_requests WHERE taken_at = '{}' AND last_heartbeat_at = '{}' AND progress = '{{\"current_step\":3}}'
           AND version = 3",
        at(5).to_rfc3339(),
        at(3).to_rfc3339()
    );
    assert_eq!(world.count(&row).await, 1);
}

#[tokio::test]
async fn a_heartbeat_cannot_set_other_states() {
    let world = World::new().await;
    let id = world.queued(7).await;
    for status in [S::Queued, S::Completed, S::Failed, S::Canceled] {
        let result = world.store.heartbeat(heartbeat(id, None, status, 5)).await;
        assert!(matches!(result, Err(StorageError::Other(_))));
    }
    assert_eq!(world.status(id).await, S::Queued);
}
