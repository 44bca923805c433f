//! What may happen next: random, and as often late, doubled or by a stranger as right.

use domain::{
    GenerationId, TaskId, UserId,
    generations::GenerationStatus as S,
    tokens::{OrderState, PaymentStatus},
};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::{ARTIST, Platform, Request};
use crate::support::task;

/// Who says that an attempt has failed. Times are seconds of the test.
#[derive(Debug, Clone, Copy)]
pub enum Cause {
    Worker(Option<TaskId>),
    Sweep(i64),
}

#[derive(Debug, Clone, Copy)]
pub enum Step {
    Login {
        person: i64,
    },
    Order {
        user: UserId,
        amount: i64,
    },
    /// Somebody read the order in this state, and this of its payment.
    Payment {
        order: i64,
        seen: OrderState,
        status: PaymentStatus,
    },
    Hold {
        id: GenerationId,
        user: UserId,
        price: i64,
    },
    Heartbeat {
        id: GenerationId,
        named: Option<TaskId>,
        status: S,
    },
    Capture {
        id: GenerationId,
        named: Option<TaskId>,
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
    Fold {
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
        let user = (1..=i64::try_from(state.people.len()).unwrap())
            .prop_map(UserId)
            .boxed();
        let hold = (user.clone(), 1i64..60).prop_map(move |(user, price)| Step::Hold {
            id: next_id,
            user,
            price,
        });
        let erase = user.clone().prop_map(|user| Step::Erase { user });
        let outside = prop_oneof![
            1 => erase,
            1 => (0i64..4).prop_map(|person| Step::Login { person }),
            1 => (user.clone(), 1i64..200).prop_map(|(user, amount)| Step::Order { user, amount }),
            3 => payment(state),
            1 => (1usize..4).prop_map(|batch| Step::Fold { batch }),
            4 => hold,
        ];
        if state.requests.is_empty() {
            return outside.boxed();
        }
        let requests: Vec<(GenerationId, Request)> = state.requests.clone().into_iter().collect();
        let work = (
            prop::sample::select(requests),
            user,
            any::<bool>(),
            0u16..4,
            0i64..8,
            0u8..8,
        )
            .prop_map(move |((id, request), user, flag, salt, ago, kind)| {
                work_step(id, &request, user, flag, salt, clock - ago, kind, clock)
            });
        prop_oneof![1 => outside, 2 => work].boxed()
    }

    fn apply(mut state: Platform, step: &Step) -> Platform {
        state.clock += 1;
        state.answer = state.answer(step);
        state
    }

    fn preconditions(state: &Platform, step: &Step) -> bool {
        match step {
            Step::Order { user, .. } => state.has(*user),
            Step::Payment { order, .. } => state.orders.contains_key(order),
            // Whether an artist goes or stays is tested beside the erasures.
            Step::Erase { user } => state.has(*user) && *user != ARTIST,
            Step::Hold { id, .. } => !state.requests.contains_key(id),
            _ => true,
        }
    }
}

/// What is said of a payment: mostly of the order as it is, sometimes of what it was, and any status.
fn payment(state: &Platform) -> BoxedStrategy<Step> {
    // Of an order that is not there nothing is said: such a step is not taken.
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
            seen: another.unwrap_or(state),
            status,
        })
        .boxed()
}

/// Something that happens to a request; often right, sometimes late or by a stranger.
#[expect(clippy::too_many_arguments, reason = "one argument per random choice")]
fn work_step(
    id: GenerationId,
    request: &Request,
    user: UserId,
    flag: bool,
    salt: u16,
    silent_since: i64,
    kind: u8,
    clock: i64,
) -> Step {
    let named = match salt {
        0 | 1 => None,
        2 => Some(request.attempt.task_id),
        _ => Some(task(u128::MAX)),
    };
    let cause = if flag {
        Cause::Worker(named)
    } else {
        Cause::Sweep(silent_since)
    };
    let attempt = if salt == 3 {
        request.attempt.number + 1
    } else {
        request.attempt.number
    };
    let new_task = task(1_000_000 + u128::from(clock.unsigned_abs()));
    match kind {
        0 | 1 => Step::Heartbeat {
            id,
            named,
            status: if flag { S::Processing } else { S::Retrying },
        },
        2 => Step::Capture { id, named },
        3 => Step::Fail { id, cause, attempt },
        4..=6 => Step::Resend {
            id,
            cause,
            attempt,
            new_task,
        },
        _ => Step::Cancel {
            id,
            user: if flag { request.user } else { user },
        },
    }
}
