//! The messages of one channel that the broker has not confirmed yet.
//!
//! On a channel in confirm mode, the broker numbers the messages from 1 in the order of arrival (delivery tags). A
//! confirm names one tag or all tags up to one, in any order. The broker does not report the tag of a message when it
//! arrives, so the tags are counted here.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::TaskId;
use domain::workers::Delivery;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

#[derive(Debug)]
struct PendingMessage {
    message: TaskId,
    /// Set when the broker has returned the message. It confirms returned messages too.
    return_reason: Option<String>,
    delivery: oneshot::Sender<Delivery>,
    /// Limits the number of messages in flight; released with this value.
    _permit: OwnedSemaphorePermit,
}

#[derive(Debug)]
pub(crate) struct Confirms {
    permits: Arc<Semaphore>,
    /// Delivery tag of the next message.
    next_tag: u64,
    pending: BTreeMap<u64, PendingMessage>,
    answered: bool,
    lost_reason: Option<String>,
}

impl Confirms {
    /// `window` is the maximum number of messages in flight.
    pub(crate) fn new(window: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(window)),
            next_tag: 1,
            pending: BTreeMap::new(),
            answered: false,
            lost_reason: None,
        }
    }

    /// One permit per message in flight. The semaphore is closed when the channel is lost.
    pub(crate) fn permits(&self) -> Arc<Semaphore> {
        Arc::clone(&self.permits)
    }

    /// Registers a message before it is sent. [`Self::mark_sent`] must follow after sending. If it does not, because
    /// the sender was cancelled, the next message gets the same tag.
    ///
    /// # Errors
    /// The channel is lost.
    pub(crate) fn register(
        &mut self,
        message: TaskId,
        permit: OwnedSemaphorePermit,
    ) -> Result<oneshot::Receiver<Delivery>, String> {
        if let Some(reason) = &self.lost_reason {
            return Err(reason.clone());
        }
        let (delivery, receiver) = oneshot::channel();
        let pending = PendingMessage {
            message,
            return_reason: None,
            delivery,
            _permit: permit,
        };
        self.pending.insert(self.next_tag, pending);
        Ok(receiver)
    }

    /// The last registered message was sent, so its tag is used up.
    pub(crate) fn mark_sent(&mut self) {
        self.next_tag += 1;
    }

    /// The broker has confirmed message `tag`; with `multiple`, all messages up to it. A returned message was not
    /// delivered.
    pub(crate) fn ack(&mut self, tag: u64, multiple: bool) {
        self.settle(tag, multiple, |return_reason| match return_reason {
            None => Delivery::Confirmed,
            Some(reason) => Delivery::Refused(reason),
        });
    }

    /// The broker has rejected message `tag`; with `multiple`, all messages up to it.
    pub(crate) fn nack(&mut self, tag: u64, multiple: bool) {
        self.settle(tag, multiple, |return_reason| {
            Delivery::Refused(return_reason.unwrap_or_else(|| "the broker rejected the message".to_owned()))
        });
    }

    /// The broker found no queue for a message; its confirm follows. A return has no delivery tag and comes in the
    /// order of sending, so it belongs to the first message with this id that is not returned yet.
    pub(crate) fn mark_returned(&mut self, message: &str, reason: String) {
        let found = self
            .pending
            .values_mut()
            .find(|pending| pending.return_reason.is_none() && pending.message.to_string() == message);
        if let Some(pending) = found {
            pending.return_reason = Some(reason);
        }
    }

    /// Marks the channel as lost and wakes all waiting senders. Only the first reason is kept.
    pub(crate) fn mark_lost(&mut self, reason: &str) {
        let reason = self.lost_reason.get_or_insert_with(|| reason.to_owned()).clone();
        self.permits.close();
        for pending in std::mem::take(&mut self.pending).into_values() {
            // The receiver may have been dropped.
            let _ = pending.delivery.send(Delivery::Unreachable(reason.clone()));
        }
    }

    /// `None` while the channel works.
    pub(crate) fn lost_reason(&self) -> Option<&str> {
        self.lost_reason.as_deref()
    }

    /// Whether the broker has confirmed or rejected any message on this channel.
    pub(crate) fn answered(&self) -> bool {
        self.answered
    }

    fn settle(&mut self, tag: u64, multiple: bool, outcome: impl Fn(Option<String>) -> Delivery) {
        self.answered = true;
        let settled = match (tag, multiple) {
            // In the protocol, 0 means all messages.
            (0, true) => std::mem::take(&mut self.pending),
            (_, true) => {
                let later = self.pending.split_off(&tag.saturating_add(1));
                std::mem::replace(&mut self.pending, later)
            }
            (_, false) => self.pending.remove_entry(&tag).into_iter().collect(),
        };
        for pending in settled.into_values() {
            // The receiver may have been dropped.
            let _ = pending.delivery.send(outcome(pending.return_reason));
        }
    }
}

#[cfg(test)]
mod tests;
