//! Random steps: valid, late, repeated, or with a wrong user or task id.

use domain::{
    GenerationId, TaskId, UserId,
    generations::GenerationStatus as S,
    tokens::{OrderState, PaymentStatus},
};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::{ARTIST, Generation, Platform};
use crate::support::task;

/// The cause of a failure or resend. `Deadline` has the second since which the generation is silent.
#[derive(Debug, Clone, Copy)]
pub enum Cause {
    Worker(Option<TaskId>),
    Deadline(i64),
}

#[derive(Debug, Clone, Copy)]
pub enum Step {
    Login {
        subject: i64,
    },
    Order {
        user: UserId,
        amount: i64,
    },
    /// A report of a payment, after the order was read in the state `expected`.
    Payment {
        order: i64,
        expected: OrderState,
        status: PaymentStatus,
    },
    Hold {
        id: GenerationId,
        user: UserId,
        price: i64,
    },
    Heartbeat {
        id: GenerationId,
        task_id: Option<TaskId>,
        status: S,
    },
    Capture {
        id: GenerationId,
        task_id: Option<TaskId>,
    },
    Fail {
        id: GenerationId,
        cause: Cause,
        attempt: u16,
    },
    Resend {
        id: GenerationId,
        cause: Cause,
        attempt: u16,
        new_task: TaskId,
    },
    Cancel {
        id: GenerationId,
        user: UserId,
    },
    ApplyEarnings {
        batch: usize,
    },
    Erase {
        user: UserId,
    },
}

pub struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Platform;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Platform> {
        Just(Platform::new()).boxed()
    }

    fn transitions(state: &Platform) -> BoxedStrategy<Step> {
        let clock = state.clock + 1;
        let next_id = GenerationId(clock);
        let user = (1..=i64::try_from(state.subjects.len()).unwrap())
            .prop_map(UserId)
            .boxed();
        let hold = (user.clone(), 1i64..60).prop_map(move |(user, price)| Step::Hold {
            id: next_id,
            user,
            price,
        });
        let erase = user.clone().prop_map(|user| Step::Erase { user });
        let other = prop_oneof![
            1 => erase,
            1 => (0i64..4).prop_map(|subject| Step::Login { subject }),
            1 => (user.clone(), 1i64..200).prop_map(|(user, amount)| Step::Order { user, amount }),
            3 => payment(state),
            1 => (1usize..4).prop_map(|batch| Step::ApplyEarnings { batch }),
            4 => hold,
        ];
        if state.generations.is_empty() {
            return other.boxed();
        }
        let generations: Vec<(GenerationId, Generation)> = state.generations.clone().into_iter().collect();
        let work = (
            prop::sample::select(generations),
            user,
            any::<bool>(),
            0u16..4,
            0i64..8,
            0u8..8,
        )
            .prop_map(move |((id, generation), user, flag, salt, ago, kind)| {
                generation_step(id, &generation, user, flag, salt, clock - ago, kind, clock)
            });
        prop_oneof![1 => other, 2 => work].boxed()
    }

    fn apply(mut state: Platform, step: &Step) -> Platform {
        state.clock += 1;
        state.result = state.run(step);
        state
    }

    fn preconditions(state: &Platform, step: &Step) -> bool {
        match step {
            Step::Order { user, .. } => state.has(*user),
            Step::Payment { order, .. } => state.orders.contains_key(order),
            // The erasure of artists is tested in `users::erasures`.
            Step::Erase { user } => state.has(*user) && *user != ARTIST,
            Step::Hold { id, .. } => !state.generations.contains_key(id),
            _ => true,
        }
    }
}

/// A report of a payment, mostly with the current state of the order.
fn payment(state: &Platform) -> BoxedStrategy<Step> {
    // The preconditions reject the step for a missing order.
    let orders: Vec<(i64, OrderState)> = state
        .orders
        .iter()
        .map(|(id, order)| (*id, order.state))
        .collect();
    let orders = if orders.is_empty() {
        vec![(0, OrderState::Pending)]
    } else {
        orders
    };
    let status = prop_oneof![
        2 => Just(PaymentStatus::Done),
        1 => Just(PaymentStatus::Canceled),
        2 => prop::sample::select(PaymentStatus::all().collect::<Vec<_>>()),
    ];
    let another = prop::option::weighted(0.2, prop::sample::select(OrderState::all().collect::<Vec<_>>()));
    (prop::sample::select(orders), another, status)
        .prop_map(|((order, state), another, status)| Step::Payment {
            order,
            expected: another.unwrap_or(state),
            status,
        })
        .boxed()
}

/// A statement on a generation, sometimes late or with a wrong user or task id.
#[expect(clippy::too_many_arguments, reason = "one argument per random choice")]
fn generation_step(
    id: GenerationId,
    generation: &Generation,
    user: UserId,
    flag: bool,
    salt: u16,
    silent_since: i64,
    kind: u8,
    clock: i64,
) -> Step {
    let task_id = match salt {
        0 | 1 => None,
        2 => Some(generation.attempt.task_id),
        _ => Some(task(u128::MAX)),
    };
    let cause = if flag {
        Cause::Worker(task_id)
    } else {
        Cause::Deadline(silent_since)
    };
    let attempt = if salt == 3 {
        generation.attempt.number + 1
    } else {
        generation.attempt.number
    };
    let new_task = task(1_000_000 + u128::from(clock.unsigned_abs()));
    match kind {
        0 | 1 => Step::Heartbeat {
            id,
            task_id,
            status: if flag { S::Processing } else { S::Retrying },
        },
        2 => Step::Capture { id, task_id },
        3 => Step::Fail { id, cause, attempt },
        4..=6 => Step::Resend {
            id,
            cause,
            attempt,
            new_task,
        },
        _ => Step::Cancel {
            id,
            user: if flag { generation.user } else { user },
        },
    }
}
