//! State changes of trainings.

use domain::{
    StyleId, TaskId,
    styles::{TrainingFail, TrainingResend, TrainingStatus as S, Trainings},
    workers::Transition,
};
use futures_util::future::join_all;

use crate::styles::training_states::{complete, fail, progress};
use crate::support::{World, at, by_deadline, by_worker, new_task, run_in_lock_order, task};

const NEW: StyleId = StyleId(2);

/// A style whose training no worker has taken. Its task is `task(1)`, in the outbox.
async fn world_with_pending_training() -> World {
    let world = World::new().await;
    world.insert_style(NEW, "pending").await;
    add_messages(&world).await;
    world
}

async fn add_messages(world: &World) {
    world
        .sql(
            "INSERT INTO outbox_messages (message_id, topic, subject_id, payload, available_at, created_at)
             VALUES (gen_random_uuid(), 'model_training', 2, '', now(), now()),
                    (gen_random_uuid(), 'image_generation', 2, '', now(), now())",
        )
        .await;
}

fn resend(silent_since: i64, attempt: u16, new_task_id: TaskId) -> TrainingResend {
    TrainingResend {
        style: NEW,
        silent_since: at(silent_since),
        attempt,
        new_task_id,
        payload: b"again".to_vec(),
        send_at: at(60),
        now: at(50),
    }
}

fn fail_by_deadline(silent_since: i64, attempt: Option<u16>) -> TrainingFail {
    TrainingFail {
        cause: by_deadline(silent_since),
        attempt,
        ..fail(NEW, None)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the port returns it")]
fn applied(before: S) -> Option<Transition<S>> {
    Some(Transition {
        applied: true,
        before,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "as the port returns it")]
fn ignored(before: S) -> Option<Transition<S>> {
    Some(Transition {
        applied: false,
        before,
    })
}

async fn training_messages(world: &World) -> i64 {
    world
        .count("outbox_messages WHERE topic = 'model_training'")
        .await
}

async fn notifications(world: &World, kind: &str) -> i64 {
    world
        .count(&format!(
            "notifications WHERE user_id = {} AND type = '{kind}' AND target_type = 'style' AND target_id = 2",
            world.artist
        ))
        .await
}

#[tokio::test]
async fn a_completed_training_stores_the_model_and_notifies_the_artist() {
    let world = world_with_pending_training().await;
    world.store.heartbeat(progress(NEW, None, 5)).await.unwrap();
    assert_eq!(
        world.store.complete(complete(NEW, Some(task(1)))).await.unwrap(),
        applied(S::Training)
    );
    let row = "style_models WHERE id = 2 AND model_bucket = 'private' AND model_key = 'models/2' AND progress IS NULL
        AND training_metric = '{\"loss\":0.1}' AND version = 3";
    assert_eq!(world.count(row).await, 1);
    assert_eq!(notifications(&world, "style_training_complete").await, 1);
    assert_eq!(training_messages(&world).await, 0);
    assert_eq!(
        world
            .count("outbox_messages WHERE topic = 'image_generation'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_failed_training_notifies_the_artist_once() {
    let world = world_with_pending_training().await;
    let outcomes = join_all((0..10).map(|_| world.store.fail(fail(NEW, None)))).await;
    let outcomes: Vec<Transition<S>> = outcomes
        .into_iter()
        .map(|result| result.unwrap().unwrap())
        .collect();
    assert_eq!(outcomes.iter().filter(|result| result.applied).count(), 1);
    assert!(
        outcomes
            .iter()
            .all(|result| result.applied || result.before == S::Failed),
        "{outcomes:?}"
    );
    let row = "style_models WHERE id = 2 AND error_code = 'GPU_OOM' AND error_message = 'Too large.'";
    assert_eq!(world.count(row).await, 1);
    assert_eq!(notifications(&world, "style_training_failed").await, 1);
    assert_eq!(training_messages(&world).await, 0);
}

#[tokio::test]
async fn a_late_completion_wins_over_a_failure() {
    let world = world_with_pending_training().await;
    world.store.fail(fail(NEW, None)).await.unwrap();
    assert_eq!(
        world.store.complete(complete(NEW, None)).await.unwrap(),
        applied(S::Failed)
    );
    assert_eq!(
        world
            .count("style_models WHERE id = 2 AND error_code IS NULL AND error_message IS NULL")
            .await,
        1
    );
    assert_eq!(
        world.store.fail(fail(NEW, None)).await.unwrap(),
        ignored(S::Completed)
    );
}

#[tokio::test]
async fn the_deadline_job_resends_a_silent_training() {
    let world = world_with_pending_training().await;
    world.store.heartbeat(progress(NEW, None, 100)).await.unwrap();
    assert_eq!(
        world.store.resend(resend(99, 1, task(9))).await.unwrap(),
        ignored(S::Training)
    );
    assert_eq!(
        world.store.resend(resend(100, 2, task(9))).await.unwrap(),
        ignored(S::Training)
    );
    let outcomes = join_all((0..6).map(|_| world.store.resend(resend(100, 1, new_task())))).await;
    assert_eq!(
        outcomes
            .into_iter()
            .filter(|result| result.as_ref().unwrap().unwrap().applied)
            .count(),
        1
    );
    let row = format!(
        "style_models s JOIN outbox_messages m ON m.subject_id = s.id AND m.message_id = s.task_id
          WHERE s.id = 2 AND training_status = 'pending' AND attempt = 2 AND taken_at IS NULL AND progress IS NULL
            AND last_heartbeat_at = '{0}' AND m.available_at = '{0}' AND m.payload = 'again' AND topic = 'model_training'",
        at(60).to_rfc3339()
    );
    assert_eq!(world.count(&row).await, 1);
    assert_eq!(training_messages(&world).await, 1);
}

#[tokio::test]
async fn a_late_failure_without_task_id_does_not_fail_a_resent_training() {
    let world = world_with_pending_training().await;
    world.store.heartbeat(progress(NEW, None, 100)).await.unwrap();
    let resent = world.store.resend(resend(100, 1, task(9))).await.unwrap();
    assert_eq!(resent, applied(S::Training));
    assert_eq!(
        world.store.fail(fail(NEW, None)).await.unwrap(),
        ignored(S::Pending)
    );
    world.store.heartbeat(progress(NEW, None, 200)).await.unwrap();
    assert_eq!(
        world.store.fail(fail(NEW, None)).await.unwrap(),
        applied(S::Training)
    );
}

#[tokio::test]
async fn the_deadline_job_fails_but_does_not_resend_a_training_that_no_worker_has_taken() {
    let world = world_with_pending_training().await;
    assert_eq!(
        world.store.resend(resend(1000, 1, task(9))).await.unwrap(),
        ignored(S::Pending)
    );
    assert_eq!(
        world.store.fail(fail_by_deadline(-1, Some(1))).await.unwrap(),
        ignored(S::Pending)
    );
    assert_eq!(
        world.store.fail(fail_by_deadline(0, Some(2))).await.unwrap(),
        ignored(S::Pending)
    );
    assert_eq!(
        world.store.fail(fail_by_deadline(0, Some(1))).await.unwrap(),
        applied(S::Pending)
    );
}

#[tokio::test]
async fn a_report_with_another_task_id_changes_nothing() {
    let world = world_with_pending_training().await;
    let other_task = Some(task(77));
    assert_eq!(
        world.store.heartbeat(progress(NEW, other_task, 5)).await.unwrap(),
        ignored(S::Pending)
    );
    assert_eq!(
        world.store.complete(complete(NEW, other_task)).await.unwrap(),
        ignored(S::Pending)
    );
    let failure = TrainingFail {
        cause: by_worker(other_task),
        ..fail(NEW, None)
    };
    assert_eq!(world.store.fail(failure).await.unwrap(), ignored(S::Pending));
    assert_eq!(
        world
            .store
            .heartbeat(progress(NEW, Some(task(1)), 5))
            .await
            .unwrap(),
        applied(S::Pending)
    );
    let failure = TrainingFail {
        cause: by_worker(Some(task(1))),
        attempt: Some(2),
        ..fail(NEW, None)
    };
    assert_eq!(
        world.store.fail(failure.clone()).await.unwrap(),
        ignored(S::Training)
    );
    let failure = TrainingFail {
        attempt: Some(1),
        ..failure
    };
    assert_eq!(world.store.fail(failure).await.unwrap(), applied(S::Training));
}

#[tokio::test]
async fn an_unknown_style_is_none() {
    let world = World::new().await;
    let id = StyleId(404);
    assert_eq!(world.store.heartbeat(progress(id, None, 1)).await.unwrap(), None);
    assert_eq!(world.store.complete(complete(id, None)).await.unwrap(), None);
    assert_eq!(world.store.fail(fail(id, None)).await.unwrap(), None);
    assert_eq!(
        world
            .store
            .resend(TrainingResend {
                style: id,
                ..resend(0, 1, task(9))
            })
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_completion_deletes_the_task_of_a_concurrent_resend() {
    let world = World::new().await;
    world.insert_style(NEW, "training").await;
    world
        .sql("UPDATE style_models SET taken_at = last_heartbeat_at")
        .await;
    let mut lock = world.unit().await;
    lock.styles().lock(NEW).await.unwrap();
    let resend = world.store.resend(resend(0, 1, new_task()));
    let complete = world.store.complete(complete(NEW, None));
    let (first, completed) = run_in_lock_order(&world, lock, resend, complete).await;
    assert!(first.unwrap().unwrap().applied && completed.unwrap().unwrap().applied);
    assert_eq!(world.count("outbox_messages").await, 0);
}
