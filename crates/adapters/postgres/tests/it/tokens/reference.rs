//! Reference model of tokens, orders and generations, with the rules of the domain. PostgreSQL is compared to it.

use std::collections::BTreeMap;

use domain::{
    ArtistId, GenerationId, UserId,
    generations::{GenerationEvent as E, GenerationStatus as S},
    tokens::{Account, OrderState, TokenTransaction},
    workers::{Attempt, Transition},
};

use self::generations::{counts, is_current};
use crate::support::tokens;

mod generations;
mod ledger;
mod orders;
mod steps;

pub use ledger::ReferenceLedger;
pub use steps::{Cause, Reference, Step};

/// The artist of all generations.
pub const ARTIST: ArtistId = UserId(2);

/// Replaces the subject of an erased account.
const ERASED: i64 = i64::MIN;

/// Expected result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepResult {
    Done,
    Registered { is_new: bool },
    Held { available: i64 },
    InsufficientTokens { available: i64 },
    NoWallet,
    Settled(Option<Transition<S>>),
    Applied(u64),
    Changed(bool),
}

#[derive(Debug, Clone)]
pub struct Order {
    pub buyer: Option<UserId>,
    pub amount: i64,
    pub state: OrderState,
    pub owed: i64,
}

#[derive(Debug, Clone)]
pub struct Generation {
    pub user: UserId,
    pub price: i64,
    pub status: S,
    pub attempt: Attempt,
    last_heartbeat: i64,
}

#[derive(Debug, Clone)]
pub struct Platform {
    pub ledger: ReferenceLedger,
    pub generations: BTreeMap<GenerationId, Generation>,
    /// By the second in which they were created.
    pub orders: BTreeMap<i64, Order>,
    /// Login subject of each user id, from 1.
    pub subjects: Vec<i64>,
    pending: u64,
    /// Second of the last step, also used for new ids.
    pub clock: i64,
    pub result: StepResult,
}

impl Platform {
    fn new() -> Self {
        let subjects = vec![-1, -2, -3];
        let mut ledger = ReferenceLedger::default();
        for user in 1..=3 {
            ledger.insert(TokenTransaction::welcome(UserId(user))).unwrap();
        }
        Self {
            ledger,
            generations: BTreeMap::new(),
            orders: BTreeMap::new(),
            subjects,
            pending: 0,
            clock: 0,
            result: StepResult::Done,
        }
    }

    pub fn has(&self, user: UserId) -> bool {
        let index = usize::try_from(user.0).unwrap().checked_sub(1);
        index
            .and_then(|index| self.subjects.get(index))
            .is_some_and(|subject| *subject != ERASED)
    }

    pub fn balance(&self, account: Account) -> i64 {
        self.ledger.balance(account).get()
    }

    fn run(&mut self, step: &Step) -> StepResult {
        match *step {
            Step::Login { subject } => self.login(subject),
            Step::Order { user, amount } => {
                let order = Order {
                    buyer: Some(user),
                    amount,
                    state: OrderState::Pending,
                    owed: 0,
                };
                self.orders.insert(self.clock, order);
                StepResult::Done
            }
            Step::Payment {
                order,
                expected,
                status,
            } => StepResult::Changed(self.payment(order, expected, status)),
            Step::Hold { id, user, price } => self.hold(id, user, price),
            Step::Erase { user } => self.erase(user),
            Step::ApplyEarnings { batch } => {
                let applied = self.pending.min(u64::try_from(batch).unwrap());
                self.pending -= applied;
                StepResult::Applied(applied)
            }
            Step::Cancel { id, user } => match self.generations.get(&id) {
                Some(generation) if generation.user == user => self.settle(id, E::Cancel, |_, _| true),
                _ => StepResult::Settled(None),
            },
            Step::Heartbeat { id, task_id, status } => {
                let event = if status == S::Retrying {
                    E::WorkerRetries
                } else {
                    E::Progress
                };
                self.settle(id, event, |generation, clock| {
                    let counts = is_current(generation, task_id);
                    if counts {
                        generation.attempt.taken = true;
                        generation.last_heartbeat = clock;
                    }
                    counts
                })
            }
            Step::Capture { id, task_id } => {
                self.settle(id, E::Complete, |generation, _| is_current(generation, task_id))
            }
            Step::Fail { id, cause, attempt } => self.settle(id, E::Fail, |generation, _| {
                generation.attempt.number == attempt && counts(generation, cause)
            }),
            Step::Resend {
                id,
                cause,
                attempt,
                new_task,
            } => self.settle(id, E::Resend, |generation, clock| {
                let taken = generation.attempt.taken || matches!(cause, Cause::Worker(_));
                let counts = taken && generation.attempt.number == attempt && counts(generation, cause);
                if counts {
                    let number = attempt + 1;
                    generation.attempt = Attempt {
                        number,
                        task_id: new_task,
                        taken: false,
                        waiting: false,
                    };
                    generation.last_heartbeat = clock;
                }
                counts
            }),
        }
    }

    fn login(&mut self, subject: i64) -> StepResult {
        let is_new = !self.subjects.contains(&subject);
        if is_new {
            self.subjects.push(subject);
            let user = UserId(i64::try_from(self.subjects.len()).unwrap());
            self.ledger.insert(TokenTransaction::welcome(user)).unwrap();
        }
        StepResult::Registered { is_new }
    }

    /// Releases open generations, deletes all generations and returns the remaining tokens to the platform.
    fn erase(&mut self, user: UserId) -> StepResult {
        let own = self
            .generations
            .iter()
            .filter(|(_, generation)| generation.user == user);
        let own: Vec<GenerationId> = own.map(|(id, _)| *id).collect();
        for id in own {
            self.settle(id, E::Fail, |_, _| true);
            self.generations.remove(&id);
        }
        for order in self.orders.values_mut().filter(|order| order.buyer == Some(user)) {
            order.buyer = None;
        }
        let remaining = self.ledger.balance(Account::Available(user));
        if remaining > tokens(0) {
            self.ledger
                .insert(TokenTransaction::erased_wallet(user, remaining))
                .unwrap();
        }
        self.subjects[usize::try_from(user.0 - 1).unwrap()] = ERASED;
        StepResult::Done
    }
}
