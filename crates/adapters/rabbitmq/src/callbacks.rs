//! What the broker says of its own accord, put into the books.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use amqprs::callbacks::{ChannelCallback, ConnectionCallback};
use amqprs::channel::Channel;
use amqprs::connection::Connection;
use amqprs::{Ack, BasicProperties, Cancel, Close, CloseChannel, Nack, Return};
use async_trait::async_trait;

use crate::confirms::Confirms;

type Answer<T> = Result<T, amqprs::error::Error>;

/// The books of one channel, shared by those who send and those who hear the broker.
#[derive(Debug, Clone)]
pub(crate) struct PendingConfirms(Arc<Mutex<Confirms>>);

impl PendingConfirms {
    /// Empty books with room for `window` messages in flight.
    pub(crate) fn new(window: usize) -> Self {
        Self(Arc::new(Mutex::new(Confirms::new(window))))
    }

    /// The books, for an instant: never held across an `await`.
    pub(crate) fn open(&self) -> MutexGuard<'_, Confirms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears what the broker says about one channel. Being dropped is the one sure sign that the channel has ended: its
/// `is_open` stays true when the connection breaks.
pub(crate) struct ChannelEvents(pub(crate) PendingConfirms);

impl Drop for ChannelEvents {
    fn drop(&mut self) {
        self.0.open().lose("the connection to the broker was lost");
    }
}

#[async_trait]
impl ChannelCallback for ChannelEvents {
    async fn close(&mut self, _: &Channel, close: CloseChannel) -> Answer<()> {
        let reason = format!("{} {}", close.reply_code(), close.reply_text());
        self.0.open().lose(&reason);
        Ok(())
    }

    async fn cancel(&mut self, _: &Channel, _: Cancel) -> Answer<()> {
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, active: bool) -> Answer<bool> {
        Ok(active)
    }

    async fn publish_ack(&mut self, _: &Channel, ack: Ack) {
        self.0.open().acked(ack.delivery_tag(), ack.mutiple());
    }

    async fn publish_nack(&mut self, _: &Channel, nack: Nack) {
        self.0.open().nacked(nack.delivery_tag(), nack.multiple());
    }

    async fn publish_return(&mut self, _: &Channel, ret: Return, properties: BasicProperties, _: Vec<u8>) {
        if let Some(message) = properties.message_id() {
            let reason = format!("{} {}", ret.reply_code(), ret.reply_text());
            self.0.open().returned(message, reason);
        }
    }
}

/// Hears why the broker closes the connection.
pub(crate) struct ConnectionEvents(pub(crate) PendingConfirms);

#[async_trait]
impl ConnectionCallback for ConnectionEvents {
    async fn close(&mut self, _: &Connection, close: Close) -> Answer<()> {
        self.0
            .open()
            .lose(&format!("the broker closed the connection: {close}"));
        Ok(())
    }

    async fn blocked(&mut self, _: &Connection, reason: String) {
        tracing::warn!(reason, "the broker takes no messages for now");
    }

    async fn unblocked(&mut self, _: &Connection) {
        tracing::info!("the broker takes messages again");
    }

    async fn secret_updated(&mut self, _: &Connection) {}
}
