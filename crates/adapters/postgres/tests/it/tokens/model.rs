//! P1 to P5: runs random steps on PostgreSQL and on the reference model. After each step both must have the same result
//! and the same state, and the ledger must balance. `PROPTEST_RNG_SEED` repeats a run, `PROPTEST_CASES` makes it
//! longer.

mod state;

use chrono::{DateTime, Utc};
use domain::{
    generations::{HoldOutcome, OwnerCancel, Release, Resend, Settlements},
    tokens::{ExpectedOrder, NewOrder, OrderChange, OrderState, PaymentStatus, Purchases},
    users::RegistrationOutcome,
    workers::FailureCause,
};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use tokio::runtime::Runtime;

use self::state::{
    balances, expected_balances, expected_generations, expected_orders, generations, ledger_checksums, orders,
};
use crate::{
    support::{
        ErasureResult, World, account, at, capture, erase, expected_order, fail, heartbeat, new_order,
        order_id, resend, task, tokens,
    },
    tokens::reference::{Cause, Platform, Reference, Step, StepResult},
};

/// PostgreSQL, with number and checksum of the ledger entries after the last step.
struct Database {
    runtime: Runtime,
    world: World,
    entries: i64,
    checksum: Option<String>,
}

struct Comparison;

impl StateMachineTest for Comparison {
    type SystemUnderTest = Database;
    type Reference = Reference;

    fn init_test(_: &Platform) -> Database {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let world = runtime.block_on(World::with_connections(2));
        Database {
            runtime,
            world,
            entries: 0,
            checksum: None,
        }
    }

    fn apply(mut database: Database, expected: &Platform, step: Step) -> Database {
        let Database { runtime, world, .. } = &database;
        let result = runtime.block_on(run(world, step, expected.clock));
        assert_eq!(result, expected.result, "{step:?}");
        let ledger = runtime.block_on(ledger_checksums(world, database.entries));
        assert_eq!(
            ledger.earlier, database.checksum,
            "P5: {step:?} changed an entry of the ledger"
        );
        (database.entries, database.checksum) = (ledger.entries, ledger.all);
        database
    }

    fn check_invariants(database: &Database, expected: &Platform) {
        let Database { runtime, world, .. } = database;
        runtime.block_on(async {
            world.assert_ledger_balances().await;
            assert_eq!(balances(world).await, expected_balances(expected));
            assert_eq!(generations(world).await, expected_generations(expected));
            assert_eq!(orders(world).await, expected_orders(expected));
        });
        assert_eq!(expected.ledger.issued(), expected.ledger.total());
    }
}

async fn run(world: &World, step: Step, clock: i64) -> StepResult {
    let (store, now) = (&world.store, at(clock));
    match step {
        Step::Login { subject } => {
            let mut unit = world.unit().await;
            let subject = format!("subject-{subject}");
            let registered = unit
                .accounts()
                .register(account(&subject, &subject))
                .await
                .unwrap();
            unit.commit().await.unwrap();
            StepResult::Registered {
                is_new: matches!(registered, RegistrationOutcome::Created(_)),
            }
        }
        Step::Order { user, amount } => {
            let order = NewOrder {
                now,
                ..new_order(&order_id(&format!("order-{clock}")), user, amount)
            };
            assert!(store.add(order).await.unwrap());
            StepResult::Done
        }
        Step::Payment {
            order,
            expected,
            status,
        } => StepResult::Changed(report_payment(world, order, expected, status, now).await),
        Step::Hold { id, user, price } => {
            let task_id = task(id.0.unsigned_abs().into());
            let mut hold = world.new_hold(id.0);
            hold.request.user_id = user;
            hold.request.price = tokens(price);
            hold.task_id = task_id;
            hold.request.created_at = now;
            match store.hold(hold).await.unwrap() {
                HoldOutcome::Held { available } => StepResult::Held {
                    available: available.get(),
                },
                HoldOutcome::InsufficientTokens { available } => StepResult::InsufficientTokens {
                    available: available.get(),
                },
                HoldOutcome::NoWallet => StepResult::NoWallet,
            }
        }
        Step::Heartbeat { id, task_id, status } => StepResult::Settled(
            store
                .heartbeat(heartbeat(id, task_id, status, clock))
                .await
                .unwrap(),
        ),
        Step::Capture { id, task_id } => {
            StepResult::Settled(store.capture(capture(id, task_id)).await.unwrap())
        }
        Step::Fail { id, cause, attempt } => {
            let release = Release {
                cause: to_port(cause),
                now,
                ..fail(id, None, attempt)
            };
            StepResult::Settled(store.release(release).await.unwrap())
        }
        Step::Resend {
            id,
            cause,
            attempt,
            new_task,
        } => {
            let resend = Resend {
                send_at: now,
                now,
                ..resend(id, to_port(cause), attempt, new_task)
            };
            StepResult::Settled(store.resend(resend).await.unwrap())
        }
        Step::Cancel { id, user } => {
            let cancel = OwnerCancel {
                generation: id,
                owner: user,
                now,
            };
            StepResult::Settled(store.cancel(cancel).await.unwrap())
        }
        Step::Erase { user } => {
            assert_eq!(erase(world, user).await, ErasureResult::Deleted);
            StepResult::Done
        }
        Step::ApplyEarnings { batch } => {
            StepResult::Applied(store.apply_earnings(batch.try_into().unwrap()).await.unwrap())
        }
    }
}

/// Applies the rule of the domain to an order that was read in this state.
async fn report_payment(
    world: &World,
    order: i64,
    state: OrderState,
    status: PaymentStatus,
    now: DateTime<Utc>,
) -> bool {
    let store = &world.store;
    let guard = ExpectedOrder {
        now,
        ..expected_order(&order_id(&format!("order-{order}")), state, status)
    };
    let changed = match state.after(status) {
        OrderChange::Grant => store.grant(guard).await,
        OrderChange::Reverse => store.reverse(guard).await,
        OrderChange::Cancel => store.end(guard, OrderState::Canceled).await,
        OrderChange::Fail => store.end(guard, OrderState::Failed).await,
        OrderChange::Expire => store.end(guard, OrderState::Expired).await,
        OrderChange::Keep => store.record_payment(guard).await.map(|_| false),
    };
    changed.unwrap()
}

fn to_port(cause: Cause) -> FailureCause {
    match cause {
        Cause::Worker(task_id) => FailureCause::Worker { task_id },
        Cause::Deadline(second) => FailureCause::Deadline {
            silent_since: at(second),
        },
    }
}

#[test]
fn p1_to_p5_hold_after_every_random_step() {
    let mut config = Config::default();
    if std::env::var("PROPTEST_CASES").is_err() {
        config.cases = 20;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(rand::random());
    }
    config.failure_persistence = None;
    config.max_shrink_iters = 100;
    // Printed when the test fails.
    println!("PROPTEST_RNG_SEED={}", config.rng_seed);
    let steps = Reference::sequential_strategy(20..60);
    let result = TestRunner::new(config.clone()).run(&steps, |(initial, steps, seen_steps)| {
        Comparison::test_sequential(config.clone(), initial, steps, seen_steps);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
