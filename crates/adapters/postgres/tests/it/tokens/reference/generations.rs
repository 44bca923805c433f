//! Holds and settlements in the reference model.

use domain::{
    GenerationId, TaskId, UserId,
    generations::{GenerationEvent as E, GenerationStatus as S},
    tokens::{Account, TokenTransaction},
    workers::{Attempt, Transition},
};

use super::{ARTIST, Cause, Generation, Platform, StepResult, ledger::LedgerError};
use crate::support::{task, tokens};

impl Platform {
    pub fn hold(&mut self, id: GenerationId, user: UserId, price: i64) -> StepResult {
        if !self.has(user) {
            return StepResult::NoWallet;
        }
        match self
            .ledger
            .insert(TokenTransaction::hold(id, user, tokens(price)))
        {
            Ok(()) => {
                let task_id = task(id.0.unsigned_abs().into());
                let attempt = Attempt {
                    number: 1,
                    task_id,
                    taken: false,
                    waiting: true,
                };
                let last_heartbeat = self.clock;
                self.generations.insert(
                    id,
                    Generation {
                        user,
                        price,
                        status: S::Queued,
                        attempt,
                        last_heartbeat,
                    },
                );
                StepResult::Held {
                    available: self.balance(Account::Available(user)),
                }
            }
            Err(LedgerError::InsufficientTokens { available, .. }) => StepResult::InsufficientTokens {
                available: available.get(),
            },
            Err(error) => panic!("{error}"),
        }
    }

    /// Applies `event` if the state machine and `counts` allow it, and adds its ledger entry.
    pub fn settle(
        &mut self,
        id: GenerationId,
        event: E,
        counts: impl FnOnce(&mut Generation, i64) -> bool,
    ) -> StepResult {
        let Some(generation) = self.generations.get_mut(&id) else {
            return StepResult::Settled(None);
        };
        let before = generation.status;
        let Ok(next) = before.apply(event) else {
            return StepResult::Settled(Some(Transition {
                applied: false,
                before,
            }));
        };
        let applied = counts(generation, self.clock);
        if applied {
            generation.status = next;
            generation.attempt.waiting = false;
            let (user, price) = (generation.user, tokens(generation.price));
            if event == E::Complete {
                self.ledger
                    .insert(TokenTransaction::capture(id, user, ARTIST, price))
                    .unwrap();
                self.pending += 1;
            } else if next.is_final() {
                self.ledger
                    .insert(TokenTransaction::release(id, user, price))
                    .unwrap();
            }
        }
        StepResult::Settled(Some(Transition { applied, before }))
    }
}

pub fn is_current(generation: &Generation, task_id: Option<TaskId>) -> bool {
    task_id.is_none_or(|task_id| task_id == generation.attempt.task_id)
}

pub fn counts(generation: &Generation, cause: Cause) -> bool {
    match cause {
        Cause::Worker(task_id) => generation.attempt.failure_counts(task_id),
        Cause::Deadline(silent_since) => generation.last_heartbeat <= silent_since,
    }
}
