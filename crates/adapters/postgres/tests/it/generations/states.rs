//! The statements against the state machine: every state, every event.

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
            let named = Some(task(generation.unsigned_abs().into()));
            let store = &world.store;
            let settled = match event {
                E::Progress => store.heartbeat(heartbeat(id, named, S::Processing, 5)).await,
                E::WorkerRetries => store.heartbeat(heartbeat(id, named, S::Retrying, 5)).await,
                E::Resend => store.resend(resend(id, by_worker(named), 1, new_task())).await,
                E::Complete => store.capture(capture(id, named)).await,
                E::Fail => store.release(fail(id, named, 1)).await,
                E::Cancel => store.cancel(world.cancel(id)).await,
            };
            let expected = state.apply(event);
            let outcome = Transition {
                applied: expected.is_ok(),
                before: state,
            };
            assert_eq!(settled.unwrap(), Some(outcome), "{event:?} on {state:?}");
            assert_eq!(
                world.status(id).await,
                expected.unwrap_or(state),
                "{event:?} on {state:?}"
            );
        }
    }
    world.assert_books_balance().await;
}
