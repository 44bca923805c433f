//! Every training statement in every state, compared to the state machine.

use domain::{
    ObjectAddress, StyleId, TaskId,
    styles::{
        TrainingComplete, TrainingEvent as E, TrainingFail, TrainingHeartbeat, TrainingResend,
        TrainingStatus as S, Trainings,
    },
    workers::Transition,
};

use crate::support::{World, at, by_worker, new_task};

const EVENTS: [E; 5] = [E::Progress, E::Complete, E::Fail, E::Resend, E::OwnerRetry];

pub fn progress(style: StyleId, task_id: Option<TaskId>, second: i64) -> TrainingHeartbeat {
    TrainingHeartbeat {
        style,
        task_id,
        progress: serde_json::json!({ "current_epoch": second }),
        now: at(second),
    }
}

pub fn complete(style: StyleId, task_id: Option<TaskId>) -> TrainingComplete {
    TrainingComplete {
        style,
        task_id,
        model: ObjectAddress::new("private", format!("models/{style}")),
        metric: Some(serde_json::json!({ "loss": 0.1 })),
        now: at(20),
    }
}

pub fn fail(style: StyleId, task_id: Option<TaskId>) -> TrainingFail {
    TrainingFail {
        style,
        cause: by_worker(task_id),
        attempt: None,
        error_code: "GPU_OOM".into(),
        error_message: "Too large.".into(),
        now: at(20),
    }
}

/// A retry by the owner is a step of a transaction, and an error when it is not allowed.
async fn owner_retry(world: &World, style: StyleId, before: S) -> Transition<S> {
    let mut unit = world.unit().await;
    let restarted = unit
        .styles()
        .restart_training(style, new_task(), at(30))
        .await
        .is_ok();
    if restarted {
        unit.commit().await.unwrap();
    }
    Transition {
        applied: restarted,
        before,
    }
}

#[tokio::test]
async fn every_statement_follows_the_state_machine() {
    let world = World::new().await;
    let mut id = 100;
    for state in S::all() {
        for event in EVENTS {
            id += 1;
            let style = StyleId(id);
            world.insert_style(style, state.as_str()).await;
            // Taken, so that the deadline job can resend it.
            world
                .sql("UPDATE style_models SET taken_at = last_heartbeat_at")
                .await;
            let resend = TrainingResend {
                style,
                silent_since: at(0),
                attempt: 1,
                new_task_id: new_task(),
                payload: Vec::new(),
                send_at: at(1),
                now: at(1),
            };
            let transition = match event {
                E::Progress => world.store.heartbeat(progress(style, None, 5)).await.unwrap(),
                E::Complete => world.store.complete(complete(style, None)).await.unwrap(),
                E::Fail => world.store.fail(fail(style, None)).await.unwrap(),
                E::Resend => world.store.resend(resend).await.unwrap(),
                E::OwnerRetry => Some(owner_retry(&world, style, state).await),
            };
            let expected = state.apply(event);
            let expected_transition = Transition {
                applied: expected.is_ok(),
                before: state,
            };
            assert_eq!(transition, Some(expected_transition), "{event:?} on {state:?}");
            let status: String = world
                .value(&format!(
                    "SELECT training_status FROM style_models WHERE id = {id}"
                ))
                .await;
            assert_eq!(
                S::parse(&status),
                Ok(expected.unwrap_or(state)),
                "{event:?} on {state:?}"
            );
        }
    }
}
