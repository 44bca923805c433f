//! Resends and failures by the deadline job.

use domain::{
    GenerationId,
    generations::{GenerationStatus as S, Release, Settlements},
};
use futures_util::future::join_all;

use crate::support::{World, applied, by_deadline, fail, heartbeat, ignored, new_task, resend, task};

fn fail_by_deadline(generation: GenerationId, attempt: u16, silent_since: i64) -> Release {
    Release {
        cause: by_deadline(silent_since),
        ..fail(generation, None, attempt)
    }
}

#[tokio::test]
async fn the_deadline_job_fails_but_does_not_resend_a_task_that_no_worker_has_taken() {
    let world = World::new().await;
    let id = world.queued(7).await;
    let resend = resend(id, by_deadline(1000), 1, new_task());
    assert_eq!(world.store.resend(resend).await.unwrap(), ignored(S::Queued));
    assert_eq!(
        world.store.release(fail_by_deadline(id, 1, -1)).await.unwrap(),
        ignored(S::Queued)
    );

    assert_eq!(
        world.store.release(fail_by_deadline(id, 1, 0)).await.unwrap(),
        applied(S::Queued)
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn the_deadline_job_resends_a_silent_task_but_not_after_a_heartbeat() {
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
            .resend(resend(id, by_deadline(99), 1, new_task()))
            .await
            .unwrap(),
        ignored(S::Processing)
    );
    assert_eq!(
        world.store.release(fail_by_deadline(id, 1, 99)).await.unwrap(),
        ignored(S::Processing)
    );
    assert_eq!(
        world
            .store
            .resend(resend(id, by_deadline(100), 2, new_task()))
            .await
            .unwrap(),
        ignored(S::Processing)
    );

    assert_eq!(
        world
            .store
            .resend(resend(id, by_deadline(100), 1, task(99)))
            .await
            .unwrap(),
        applied(S::Processing)
    );

    // The deadline of the new attempt starts when its task is sent, at 60.
    assert_eq!(
        world.store.release(fail_by_deadline(id, 2, 59)).await.unwrap(),
        ignored(S::Retrying)
    );
    assert_eq!(
        world.store.release(fail_by_deadline(id, 2, 60)).await.unwrap(),
        applied(S::Retrying)
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn concurrent_deadline_jobs_resend_one_task() {
    let world = World::new().await;
    let id = world.in_state(7, S::Processing).await;
    let resends = (0..8).map(|_| world.store.resend(resend(id, by_deadline(1000), 1, new_task())));
    let results = join_all(resends).await;
    assert_eq!(
        results
            .into_iter()
            .filter(|result| result.as_ref().unwrap().unwrap().applied)
            .count(),
        1
    );
    assert_eq!(world.count("outbox_messages").await, 1);
}
