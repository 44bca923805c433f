//! Whose report counts: task ids, heartbeats, attempts, silences.

use domain::{
    GenerationId, StorageError,
    generations::{GenerationStatus as S, Release, Resend, Settlements},
};
use futures_util::future::join_all;

use crate::support::{
    World, applied, at, by_sweep, by_worker, capture, fail, heartbeat, ignored, new_task, resend, task,
};

/// A request in its second attempt, whose task is `task(99)` and which nobody has taken.
async fn resent(world: &World) -> GenerationId {
    let id = world.queued(7).await;
    let again = resend(id, by_worker(Some(task(7))), 1, task(99));
    assert_eq!(world.store.resend(again).await.unwrap(), applied(S::Queued));
    id
}

fn swept(generation: GenerationId, attempt: u16, silent_since: i64) -> Release {
    Release {
        cause: by_sweep(silent_since),
        ..fail(generation, None, attempt)
    }
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn ten_equal_unnamed_failures_burn_one_retry() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;

    let settled =
        join_all((0..10).map(|_| world.store.resend(resend(id, by_worker(None), 1, new_task())))).await;

    assert_eq!(
        settled
            .into_iter()
            .filter(|one| one.as_ref().unwrap().unwrap().applied)
            .count(),
        1
    );
    assert_eq!(world.count("generation_requests WHERE attempt = 2").await, 1);
    assert_eq!(world.count("outbox_messages").await, 1);
    // The eleventh has read the second attempt, which has shown no heartbeat.
    let late = resend(id, by_worker(None), 2, new_task());
    assert_eq!(world.store.resend(late).await.unwrap(), ignored(S::Retrying));
    assert_eq!(
        world.store.release(fail(id, None, 2)).await.unwrap(),
        ignored(S::Retrying)
    );
    assert_eq!(world.status(id).await, S::Retrying);
}

#[tokio::test]
async fn an_unnamed_failure_counts_again_after_a_sign_of_life() {
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_named_failure_counts_for_its_own_attempt_only() {
    let world = World::new().await;
    let id = resent(&world).await;
    let old = Some(task(7));
    assert_eq!(
        world.store.release(fail(id, old, 2)).await.unwrap(),
        ignored(S::Retrying)
    );
    let late = resend(id, by_worker(old), 2, new_task());
    assert_eq!(world.store.resend(late).await.unwrap(), ignored(S::Retrying));

    // The current attempt counts although it has shown no heartbeat.
    assert_eq!(
        world.store.release(fail(id, Some(task(99)), 2)).await.unwrap(),
        applied(S::Retrying)
    );
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_failure_measured_against_another_attempt_changes_nothing() {
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
        let again = resend(id, by_worker(Some(task(99))), attempt, new_task());
        assert_eq!(world.store.resend(again).await.unwrap(), ignored(S::Retrying));
    }
}

#[tokio::test]
async fn progress_and_completion_count_unnamed_or_by_the_current_name() {
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_sign_of_life_is_noted_and_the_first_one_kept() {
    let world = World::new().await;
    let id = world.queued(7).await;
    world
        .store
        .heartbeat(heartbeat(id, None, S::Processing, 5))
        .await
        .unwrap();
    // A worker that starts over inside reports a lower figure.
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
async fn a_sign_of_life_makes_no_other_state() {
    let world = World::new().await;
    let id = world.queued(7).await;
    for status in [S::Queued, S::Completed, S::Failed, S::Canceled] {
        let refused = world.store.heartbeat(heartbeat(id, None, status, 5)).await;
        assert!(matches!(refused, Err(StorageError::Other(_))));
    }
    assert_eq!(world.status(id).await, S::Queued);
}

#[tokio::test]
async fn the_sweep_gives_up_what_nobody_took_but_never_sends_it_again() {
    let world = World::new().await;
    let id = world.queued(7).await;
    let again = |since| Resend {
        cause: by_sweep(since),
        ..resend(id, by_sweep(since), 1, new_task())
    };
    assert_eq!(world.store.resend(again(1000)).await.unwrap(), ignored(S::Queued));
    assert_eq!(
        world.store.release(swept(id, 1, -1)).await.unwrap(),
        ignored(S::Queued)
    );

    assert_eq!(
        world.store.release(swept(id, 1, 0)).await.unwrap(),
        applied(S::Queued)
    );
    world.assert_books_balance().await;
}

#[tokio::test]
async fn the_sweep_sends_a_silent_task_again_and_a_sign_of_life_stops_it() {
    let world = World::new().await;
    let id = world.queued(7).await;
    world
        .store
        .heartbeat(heartbeat(id, None, S::Processing, 100))
        .await
        .unwrap();
    assert_eq!(
        world
            .store
            .resend(resend(id, by_sweep(99), 1, new_task()))
            .await
            .unwrap(),
        ignored(S::Processing)
    );
    assert_eq!(
        world.store.release(swept(id, 1, 99)).await.unwrap(),
        ignored(S::Processing)
    );
    assert_eq!(
        world
            .store
            .resend(resend(id, by_sweep(100), 2, new_task()))
            .await
            .unwrap(),
        ignored(S::Processing)
    );

    assert_eq!(
        world
            .store
            .resend(resend(id, by_sweep(100), 1, task(99)))
            .await
            .unwrap(),
        applied(S::Processing)
    );

    // The new attempt's clock starts when its task is sent, at 60.
    assert_eq!(
        world.store.release(swept(id, 2, 59)).await.unwrap(),
        ignored(S::Retrying)
    );
    assert_eq!(
        world.store.release(swept(id, 2, 60)).await.unwrap(),
        applied(S::Retrying)
    );
    world.assert_books_balance().await;
}

#[tokio::test]
async fn two_sweeps_at_once_send_one_task() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;
    let sweeps = (0..8).map(|_| world.store.resend(resend(id, by_sweep(1000), 1, new_task())));
    let settled = join_all(sweeps).await;
    assert_eq!(
        settled
            .into_iter()
            .filter(|one| one.as_ref().unwrap().unwrap().applied)
            .count(),
        1
    );
    assert_eq!(world.count("outbox_messages").await, 1);
}
