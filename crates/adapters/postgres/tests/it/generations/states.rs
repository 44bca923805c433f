//! Every token statement in every state, compared to the state machine.

use domain::{
    generations::{GenerationEvent as E, GenerationStatus as S, Settlements},
    workers::Transition,
};

use crate::support::{World, by_worker, capture, fail, heartbeat, new_task, resend, task};

const EVENTS: [E; 6] = [
    E::Progress,
    E::WorkerRetries,
    E::Resend,
    E::Complete,
    E::Fail,
    E::Cancel,
];

#[tokio::test]
async fn every_statement_follows_the_state_machine() {
    let world = World::new().await;
    world.buy(world.payer, 1000).await;
    let mut generation = 0;
    for state in S::all() {
        for event in EVENTS {
            generation += 1;
            let id = world.in_state(generation, state).await;
            let task_id = Some(task(generation.unsigned_abs().into()));
            let store = &world.store;
            let transition = match event {
                E::Progress => store.heartbeat(heartbeat(id, task_id, S::Processing, 5)).await,
                E::WorkerRetries => store.heartbeat(heartbeat(id, task_id, S::Retrying, 5)).await,
                E::Resend => store.resend(resend(id, by_worker(task_id), 1, new_task())).await,
                E::Complete => store.capture(capture(id, task_id)).await,
                E::Fail => store.release(fail(id, task_id, 1)).await,
                E::Cancel => store.cancel(world.cancel(id)).await,
            };
            let expected = state.apply(event);
            let expected_transition = Transition {
                applied: expected.is_ok(),
                before: state,
            };
            assert_eq!(
                transition.unwrap(),
                Some(expected_transition),
                "{event:?} on {state:?}"
            );
            assert_eq!(
                world.status(id).await,
                expected.unwrap_or(state),
                "{event:?} on {state:?}"
            );
        }
    }
    world.assert_ledger_balances().await;
}
