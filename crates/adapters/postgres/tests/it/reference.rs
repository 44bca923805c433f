//! The platform's money and work as the domain's rules alone would have it: the model that PostgreSQL is compared to.

use std::collections::BTreeMap;

use domain::{
    ArtistId, GenerationId, TaskId, UserId,
    generation::{GenerationEvent as E, GenerationStatus as S},
    ledger::{Account, Books, Entry, LedgerRefusal},
    ports::Settled,
    task::Attempt,
};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use crate::support::{task, tokens};

/// Who is paid.
pub const ARTIST: ArtistId = UserId(2);

/// Who says that an attempt has failed. Times are seconds of the test.
#[derive(Debug, Clone, Copy)]
pub enum Cause {
    Worker(Option<TaskId>),
    Sweep(i64),
}

#[derive(Debug, Clone, Copy)]
pub enum Step {
    Login { person: i64 },
    Buy { user: UserId, amount: i64 },
    Hold { id: GenerationId, user: UserId, price: i64 },
    Sign { id: GenerationId, named: Option<TaskId>, status: S },
    Capture { id: GenerationId, named: Option<TaskId> },
    Fail { id: GenerationId, cause: Cause, attempt: u16 },
    Resend { id: GenerationId, cause: Cause, attempt: u16, new_task: TaskId },
    Cancel { id: GenerationId, user: UserId },
    Fold { batch: usize },
}

/// What a step must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Nothing,
    Registered { is_new: bool },
    Held { available: i64 },
    TooFew { available: i64 },
    NoWallet,
    Settled(Option<Settled>),
    Folded(u64),
}

#[derive(Debug, Clone)]
pub struct Request {
    pub user: UserId,
    pub price: i64,
    pub status: S,
    pub attempt: Attempt,
    last_sign: i64,
}

#[derive(Debug, Clone)]
pub struct Platform {
    pub books: Books,
    pub requests: BTreeMap<GenerationId, Request>,
    /// The person behind each user id, from 1.
    pub people: Vec<i64>,
    unfolded: u64,
    /// Second of the last step; also a source of fresh ids.
    pub clock: i64,
    pub answer: Answer,
}

impl Platform {
    fn new() -> Self {
        let people = vec![-1, -2, -3];
        let mut books = Books::default();
        for user in 1..=3 {
            books.enter(Entry::welcome(UserId(user))).unwrap();
        }
        Self { books, requests: BTreeMap::new(), people, unfolded: 0, clock: 0, answer: Answer::Nothing }
    }

    pub fn has(&self, user: UserId) -> bool {
        (1..=self.people.len()).contains(&usize::try_from(user.0).unwrap())
    }

    pub fn balance(&self, account: Account) -> i64 {
        self.books.balance(account).get()
    }

    fn answer(&mut self, step: &Step) -> Answer {
        match *step {
            Step::Login { person } => self.login(person),
            Step::Buy { user, amount } => {
                let order = format!("order-{}", self.clock);
                self.books.enter(Entry::purchase(&order, user, tokens(amount))).unwrap();
                Answer::Nothing
            }
            Step::Hold { id, user, price } => self.hold(id, user, price),
            Step::Fold { batch } => {
                let folded = self.unfolded.min(u64::try_from(batch).unwrap());
                self.unfolded -= folded;
                Answer::Folded(folded)
            }
            Step::Cancel { id, user } => match self.requests.get(&id) {
                Some(request) if request.user == user => self.settle(id, E::Cancel, |_, _| true),
                _ => Answer::Settled(None),
            },
            Step::Sign { id, named, status } => {
                let event = if status == S::Retrying { E::WorkerRetries } else { E::Progress };
                self.settle(id, event, |request, clock| {
                    let counts = is_current(request, named);
                    if counts {
                        request.attempt.taken = true;
                        request.last_sign = clock;
                    }
                    counts
                })
            }
            Step::Capture { id, named } => self.settle(id, E::Complete, |request, _| is_current(request, named)),
            Step::Fail { id, cause, attempt } => {
                self.settle(id, E::Fail, |request, _| request.attempt.number == attempt && counts(request, cause))
            }
            Step::Resend { id, cause, attempt, new_task } => self.settle(id, E::Resend, |request, clock| {
                let taken = request.attempt.taken || matches!(cause, Cause::Worker(_));
                let counts = taken && request.attempt.number == attempt && counts(request, cause);
                if counts {
                    let number = attempt + 1;
                    request.attempt = Attempt { number, task_id: new_task, taken: false, waiting: false };
                    request.last_sign = clock;
                }
                counts
            }),
        }
    }

    fn login(&mut self, person: i64) -> Answer {
        let is_new = !self.people.contains(&person);
        if is_new {
            self.people.push(person);
            let user = UserId(i64::try_from(self.people.len()).unwrap());
            self.books.enter(Entry::welcome(user)).unwrap();
        }
        Answer::Registered { is_new }
    }

    fn hold(&mut self, id: GenerationId, user: UserId, price: i64) -> Answer {
        if !self.has(user) {
            return Answer::NoWallet;
        }
        match self.books.enter(Entry::hold(id, user, tokens(price))) {
            Ok(()) => {
                let task_id = task(id.0.unsigned_abs().into());
                let attempt = Attempt { number: 1, task_id, taken: false, waiting: true };
                let last_sign = self.clock;
                self.requests.insert(id, Request { user, price, status: S::Queued, attempt, last_sign });
                Answer::Held { available: self.balance(Account::Available(user)) }
            }
            Err(LedgerRefusal::InsufficientTokens { available, .. }) => Answer::TooFew { available: available.get() },
            Err(refusal) => panic!("{refusal}"),
        }
    }

    /// Applies `event` when the state machine allows it and `counts` does, and makes the entry that belongs to it.
    fn settle(&mut self, id: GenerationId, event: E, counts: impl FnOnce(&mut Request, i64) -> bool) -> Answer {
        let Some(request) = self.requests.get_mut(&id) else {
            return Answer::Settled(None);
        };
        let before = request.status;
        let Ok(next) = before.apply(event) else {
            return Answer::Settled(Some(Settled { applied: false, before }));
        };
        let applied = counts(request, self.clock);
        if applied {
            request.status = next;
            request.attempt.waiting = false;
            let (user, price) = (request.user, tokens(request.price));
            if event == E::Complete {
                self.books.enter(Entry::capture(id, user, ARTIST, price)).unwrap();
                self.unfolded += 1;
            } else if next.is_final() {
                self.books.enter(Entry::release(id, user, price)).unwrap();
            }
        }
        Answer::Settled(Some(Settled { applied, before }))
    }
}

fn is_current(request: &Request, named: Option<TaskId>) -> bool {
    named.is_none_or(|task_id| task_id == request.attempt.task_id)
}

fn counts(request: &Request, cause: Cause) -> bool {
    match cause {
        Cause::Worker(named) => request.attempt.failure_counts(named),
        Cause::Sweep(silent_since) => request.last_sign <= silent_since,
    }
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
        let user = (1..=i64::try_from(state.people.len()).unwrap()).prop_map(UserId).boxed();
        let hold = (user.clone(), 1i64..60).prop_map(move |(user, price)| Step::Hold { id: next_id, user, price });
        let outside = prop_oneof![
            1 => (0i64..4).prop_map(|person| Step::Login { person }),
            1 => (user.clone(), 1i64..200).prop_map(|(user, amount)| Step::Buy { user, amount }),
            1 => (1usize..4).prop_map(|batch| Step::Fold { batch }),
            4 => hold,
        ];
        if state.requests.is_empty() {
            return outside.boxed();
        }
        let requests: Vec<(GenerationId, Request)> = state.requests.clone().into_iter().collect();
        let work = (prop::sample::select(requests), user, any::<bool>(), 0u16..4, 0i64..8, 0u8..8).prop_map(
            move |((id, request), user, flag, salt, ago, kind)| {
                work_step(id, &request, user, flag, salt, clock - ago, kind, clock)
            },
        );
        prop_oneof![1 => outside, 2 => work].boxed()
    }

    fn apply(mut state: Platform, step: &Step) -> Platform {
        state.clock += 1;
        state.answer = state.answer(step);
        state
    }

    fn preconditions(state: &Platform, step: &Step) -> bool {
        match step {
            Step::Buy { user, .. } => state.has(*user),
            Step::Hold { id, .. } => !state.requests.contains_key(id),
            _ => true,
        }
    }
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
    let cause = if flag { Cause::Worker(named) } else { Cause::Sweep(silent_since) };
    let attempt = if salt == 3 { request.attempt.number + 1 } else { request.attempt.number };
    let new_task = task(1_000_000 + u128::from(clock.unsigned_abs()));
    match kind {
        0 | 1 => Step::Sign { id, named, status: if flag { S::Processing } else { S::Retrying } },
        2 => Step::Capture { id, named },
        3 => Step::Fail { id, cause, attempt },
        4..=6 => Step::Resend { id, cause, attempt, new_task },
        _ => Step::Cancel { id, user: if flag { request.user } else { user } },
    }
}
