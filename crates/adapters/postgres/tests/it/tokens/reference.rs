//! The platform's money and work as the domain's rules alone would have it: the model that PostgreSQL is compared to.

use std::collections::BTreeMap;

use domain::{
    ArtistId, GenerationId, TaskId, UserId,
    generations::{GenerationEvent as E, GenerationStatus as S},
    tokens::{Account, OrderChange, OrderState, PaymentStatus, TokenTransaction},
    workers::{Attempt, Transition},
};

use crate::support::{task, tokens};

mod ledger;
mod steps;

pub use ledger::{LedgerRefusal, ReferenceLedger};
pub use steps::{Cause, Reference, Step};

/// Who is paid.
pub const ARTIST: ArtistId = UserId(2);

/// Stands for a person who has left.
const ERASED: i64 = i64::MIN;

/// What a step must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Nothing,
    Registered { is_new: bool },
    Held { available: i64 },
    TooFew { available: i64 },
    NoWallet,
    Settled(Option<Transition<S>>),
    Folded(u64),
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
pub struct Request {
    pub user: UserId,
    pub price: i64,
    pub status: S,
    pub attempt: Attempt,
    last_heartbeat: i64,
}

#[derive(Debug, Clone)]
pub struct Platform {
    pub books: ReferenceLedger,
    pub requests: BTreeMap<GenerationId, Request>,
    /// By the second they were made in.
    pub orders: BTreeMap<i64, Order>,
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
        let mut books = ReferenceLedger::default();
        for user in 1..=3 {
            books.enter(TokenTransaction::welcome(UserId(user))).unwrap();
        }
        Self {
            books,
            requests: BTreeMap::new(),
            orders: BTreeMap::new(),
            people,
            unfolded: 0,
            clock: 0,
            answer: Answer::Nothing,
        }
    }

    pub fn has(&self, user: UserId) -> bool {
        let place = usize::try_from(user.0).unwrap().checked_sub(1);
        place
            .and_then(|place| self.people.get(place))
            .is_some_and(|person| *person != ERASED)
    }

    pub fn balance(&self, account: Account) -> i64 {
        self.books.balance(account).get()
    }

    fn answer(&mut self, step: &Step) -> Answer {
        match *step {
            Step::Login { person } => self.login(person),
            Step::Order { user, amount } => {
                let order = Order {
                    buyer: Some(user),
                    amount,
                    state: OrderState::Pending,
                    owed: 0,
                };
                self.orders.insert(self.clock, order);
                Answer::Nothing
            }
            Step::Payment { order, seen, status } => Answer::Changed(self.payment(order, seen, status)),
            Step::Hold { id, user, price } => self.hold(id, user, price),
            Step::Erase { user } => self.erase(user),
            Step::Fold { batch } => {
                let folded = self.unfolded.min(u64::try_from(batch).unwrap());
                self.unfolded -= folded;
                Answer::Folded(folded)
            }
            Step::Cancel { id, user } => match self.requests.get(&id) {
                Some(request) if request.user == user => self.settle(id, E::Cancel, |_, _| true),
                _ => Answer::Settled(None),
            },
            Step::Heartbeat { id, named, status } => {
                let event = if status == S::Retrying {
                    E::WorkerRetries
                } else {
                    E::Progress
                };
                self.settle(id, event, |request, clock| {
                    let counts = is_current(request, named);
                    if counts {
                        request.attempt.taken = true;
                        request.last_heartbeat = clock;
                    }
                    counts
                })
            }
            Step::Capture { id, named } => {
                self.settle(id, E::Complete, |request, _| is_current(request, named))
            }
            Step::Fail { id, cause, attempt } => self.settle(id, E::Fail, |request, _| {
                request.attempt.number == attempt && counts(request, cause)
            }),
            Step::Resend {
                id,
                cause,
                attempt,
                new_task,
            } => self.settle(id, E::Resend, |request, clock| {
                let taken = request.attempt.taken || matches!(cause, Cause::Worker(_));
                let counts = taken && request.attempt.number == attempt && counts(request, cause);
                if counts {
                    let number = attempt + 1;
                    request.attempt = Attempt {
                        number,
                        task_id: new_task,
                        taken: false,
                        waiting: false,
                    };
                    request.last_heartbeat = clock;
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
            self.books.enter(TokenTransaction::welcome(user)).unwrap();
        }
        Answer::Registered { is_new }
    }

    /// Open requests are released, all of them go, what is left returns to the platform.
    fn erase(&mut self, user: UserId) -> Answer {
        let own = self.requests.iter().filter(|(_, request)| request.user == user);
        let own: Vec<GenerationId> = own.map(|(id, _)| *id).collect();
        for id in own {
            self.settle(id, E::Fail, |_, _| true);
            self.requests.remove(&id);
        }
        for order in self.orders.values_mut().filter(|order| order.buyer == Some(user)) {
            order.buyer = None;
        }
        let left = self.books.balance(Account::Available(user));
        if left > tokens(0) {
            self.books
                .enter(TokenTransaction::erased_wallet(user, left))
                .unwrap();
        }
        self.people[usize::try_from(user.0 - 1).unwrap()] = ERASED;
        Answer::Nothing
    }

    /// The rule of the domain, with its entries: nothing when the order has changed since it was read.
    fn payment(&mut self, number: i64, seen: OrderState, status: PaymentStatus) -> bool {
        let order = &self.orders[&number];
        let (buyer, amount, name) = (order.buyer, tokens(order.amount), format!("order-{number}"));
        if order.state != seen {
            return false;
        }
        let (state, owed) = match (seen.after(status), buyer) {
            (OrderChange::Keep, _) | (OrderChange::Grant, None) => return false,
            (OrderChange::Grant, Some(buyer)) => {
                self.books
                    .enter(TokenTransaction::purchase(&name, buyer, amount))
                    .unwrap();
                (OrderState::Paid, 0)
            }
            (OrderChange::Reverse, buyer) => {
                let left = buyer.map_or(tokens(0), |buyer| self.books.balance(Account::Available(buyer)));
                let taken = left.min(amount);
                if let Some(buyer) = buyer.filter(|_| taken > tokens(0)) {
                    self.books
                        .enter(TokenTransaction::reversal(&name, buyer, taken))
                        .unwrap();
                }
                // Who left has given everything back.
                let owed = buyer.map_or(0, |_| amount.get() - taken.get());
                (OrderState::Canceled, owed)
            }
            (OrderChange::Cancel, _) => (OrderState::Canceled, 0),
            (OrderChange::Fail, _) => (OrderState::Failed, 0),
            (OrderChange::Expire, _) => (OrderState::Expired, 0),
        };
        let order = self.orders.get_mut(&number).unwrap();
        (order.state, order.owed) = (state, owed);
        true
    }

    fn hold(&mut self, id: GenerationId, user: UserId, price: i64) -> Answer {
        if !self.has(user) {
            return Answer::NoWallet;
        }
        match self.books.enter(TokenTransaction::hold(id, user, tokens(price))) {
            Ok(()) => {
                let task_id = task(id.0.unsigned_abs().into());
                let attempt = Attempt {
                    number: 1,
                    task_id,
                    taken: false,
                    waiting: true,
                };
                let last_heartbeat = self.clock;
                self.requests.insert(
                    id,
                    Request {
                        user,
                        price,
                        status: S::Queued,
                        attempt,
                        last_heartbeat,
                    },
                );
                Answer::Held {
                    available: self.balance(Account::Available(user)),
                }
            }
            Err(LedgerRefusal::InsufficientTokens { available, .. }) => Answer::TooFew {
                available: available.get(),
            },
            Err(refusal) => panic!("{refusal}"),
        }
    }

    /// Applies `event` when the state machine allows it and `counts` does, and makes the entry that belongs to it.
    fn settle(
        &mut self,
        id: GenerationId,
        event: E,
        counts: impl FnOnce(&mut Request, i64) -> bool,
    ) -> Answer {
        let Some(request) = self.requests.get_mut(&id) else {
            return Answer::Settled(None);
        };
        let before = request.status;
        let Ok(next) = before.apply(event) else {
            return Answer::Settled(Some(Transition {
                applied: false,
                before,
            }));
        };
        let applied = counts(request, self.clock);
        if applied {
            request.status = next;
            request.attempt.waiting = false;
            let (user, price) = (request.user, tokens(request.price));
            if event == E::Complete {
                self.books
                    .enter(TokenTransaction::capture(id, user, ARTIST, price))
                    .unwrap();
                self.unfolded += 1;
            } else if next.is_final() {
                self.books
                    .enter(TokenTransaction::release(id, user, price))
                    .unwrap();
            }
        }
        Answer::Settled(Some(Transition { applied, before }))
    }
}

fn is_current(request: &Request, named: Option<TaskId>) -> bool {
    named.is_none_or(|task_id| task_id == request.attempt.task_id)
}

fn counts(request: &Request, cause: Cause) -> bool {
    match cause {
        Cause::Worker(named) => request.attempt.failure_counts(named),
        Cause::Sweep(silent_since) => request.last_heartbeat <= silent_since,
    }
}
