//! Which messages the broker has not answered yet, on one channel.
//!
//! The broker numbers the messages of a confirming channel from 1 in the order they arrive, and answers with those
//! numbers: one at a time, several at once, in any order. It never says a number when it takes a message, so they are
//! counted here.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::TaskId;
use domain::workers::Delivery;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// A message in flight.
#[derive(Debug)]
struct Waiter {
    message: TaskId,
    /// Why the broker gave it back, when it has: it confirms returned messages as well.
    returned: Option<String>,
    verdict: oneshot::Sender<Delivery>,
    /// Its place in the window, free again when it is answered.
    _place: OwnedSemaphorePermit,
}

/// The messages in flight on one channel.
#[derive(Debug)]
pub(crate) struct Confirms {
    places: Arc<Semaphore>,
    /// The number of the next message.
    next: u64,
    waiting: BTreeMap<u64, Waiter>,
    /// Whether the broker has answered anything yet.
    answered: bool,
    /// Why the channel is of no use any more.
    lost: Option<String>,
}

impl Confirms {
    /// Nothing in flight; room for `window` messages.
    pub(crate) fn new(window: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(window)),
            next: 1,
            waiting: BTreeMap::new(),
            answered: false,
            lost: None,
        }
    }

    /// The free places of the window; closed when the channel is lost.
    pub(crate) fn places(&self) -> Arc<Semaphore> {
        Arc::clone(&self.places)
    }

    /// Expects an answer for a message about to be sent; call [`Self::sent`] once it is. When that never happens,
    /// because the sender was cancelled, the next message takes over the number.
    ///
    /// # Errors
    /// Why the channel is lost.
    pub(crate) fn expect(
        &mut self,
        message: TaskId,
        place: OwnedSemaphorePermit,
    ) -> Result<oneshot::Receiver<Delivery>, String> {
        if let Some(reason) = &self.lost {
            return Err(reason.clone());
        }
        let (verdict, answer) = oneshot::channel();
        let waiter = Waiter {
            message,
            returned: None,
            verdict,
            _place: place,
        };
        self.waiting.insert(self.next, waiter);
        Ok(answer)
    }

    /// The message last expected is on its way: its number is used up.
    pub(crate) fn sent(&mut self) {
        self.next += 1;
    }

    /// The broker has taken message `tag`, with `multiple` also every one before it. A returned one was not delivered.
    pub(crate) fn acked(&mut self, tag: u64, multiple: bool) {
        self.settle(tag, multiple, |returned| match returned {
            None => Delivery::Confirmed,
            Some(reason) => Delivery::Refused(reason),
        });
    }

    /// The broker could not take message `tag`, with `multiple` also every one before it.
    pub(crate) fn nacked(&mut self, tag: u64, multiple: bool) {
        self.settle(tag, multiple, |returned| {
            Delivery::Refused(returned.unwrap_or_else(|| "the broker could not take the message".to_owned()))
        });
    }

    /// The broker found no queue for a message; its confirm is still to come. Returns carry no number, and come in the
    /// order of sending: the first message of this id that is not returned yet is meant.
    pub(crate) fn returned(&mut self, message: &str, reason: String) {
        let meant = self
            .waiting
            .values_mut()
            .find(|waiter| waiter.returned.is_none() && waiter.message.to_string() == message);
        if let Some(waiter) = meant {
            waiter.returned = Some(reason);
        }
    }

    /// The channel is of no use any more: wakes everybody. Only the first reason is kept.
    pub(crate) fn lose(&mut self, reason: &str) {
        let reason = self.lost.get_or_insert_with(|| reason.to_owned()).clone();
        self.places.close();
        for waiter in std::mem::take(&mut self.waiting).into_values() {
            // Whoever stopped waiting does not need the answer.
            let _ = waiter.verdict.send(Delivery::Unreachable(reason.clone()));
        }
    }

    /// Why the channel is of no use any more, if so.
    pub(crate) fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }

    /// Whether the broker has ever answered a message on this channel.
    pub(crate) fn answered(&self) -> bool {
        self.answered
    }

    fn settle(&mut self, tag: u64, multiple: bool, verdict: impl Fn(Option<String>) -> Delivery) {
        self.answered = true;
        let settled = match (tag, multiple) {
            // By the protocol, 0 stands for all.
            (0, true) => std::mem::take(&mut self.waiting),
            (_, true) => {
                let later = self.waiting.split_off(&tag.saturating_add(1));
                std::mem::replace(&mut self.waiting, later)
            }
            (_, false) => self.waiting.remove_entry(&tag).into_iter().collect(),
        };
        for waiter in settled.into_values() {
            // Whoever stopped waiting does not need the answer.
            let _ = waiter.verdict.send(verdict(waiter.returned));
        }
    }
}

#[cfg(test)]
mod tests;
