//! Callbacks for the events of a channel and a connection. They update the pending confirms.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use amqprs::callbacks::{ChannelCallback, ConnectionCallback};
use amqprs::channel::Channel;
use amqprs::connection::Connection;
use amqprs::{Ack, BasicProperties, Cancel, Close, CloseChannel, Nack, Return};
use async_trait::async_trait;

use crate::confirms::Confirms;

type CallbackResult<T> = Result<T, amqprs::error::Error>;

/// The pending confirms of one channel, shared by the publisher and the callbacks.
#[derive(Debug, Clone)]
pub(crate) struct SharedConfirms(Arc<Mutex<Confirms>>);

impl SharedConfirms {
    /// `window` is the maximum number of messages in flight.
    pub(crate) fn new(window: usize) -> Self {
        Self(Arc::new(Mutex::new(Confirms::new(window))))
    }

    /// The guard must not be held across an `await`.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Confirms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Its `Drop` is the only reliable signal that the channel has ended: `Channel::is_open` stays true when the connection
/// is lost.
pub(crate) struct ChannelEvents(pub(crate) SharedConfirms);

impl Drop for ChannelEvents {
    fn drop(&mut self) {
        self.0.lock().mark_lost("the connection to the broker was lost");
    }
}

#[async_trait]
impl ChannelCallback for ChannelEvents {
    async fn close(&mut self, _: &Channel, close: CloseChannel) -> CallbackResult<()> {
        let reason = format!("{} {}", close.reply_code(), close.reply_text());
        self.0.lock().mark_lost(&reason);
        Ok(())
    }

    async fn cancel(&mut self, _: &Channel, _: Cancel) -> CallbackResult<()> {
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, active: bool) -> CallbackResult<bool> {
        Ok(active)
    }

    async fn publish_ack(&mut self, _: &Channel, ack: Ack) {
        self.0.lock().ack(ack.delivery_tag(), ack.mutiple());
    }

    async fn publish_nack(&mut self, _: &Channel, nack: Nack) {
        self.0.lock().nack(nack.delivery_tag(), nack.multiple());
    }

    async fn publish_return(&mut self, _: &Channel, ret: Return, properties: BasicProperties, _: Vec<u8>) {
        if let Some(message) = properties.message_id() {
            let reason = format!("{} {}", ret.reply_code(), ret.reply_text());
            self.0.lock().mark_returned(message, reason);
        }
    }
}

pub(crate) struct ConnectionEvents(pub(crate) SharedConfirms);

#[async_trait]
impl ConnectionCallback for ConnectionEvents {
    async fn close(&mut self, _: &Connection, close: Close) -> CallbackResult<()> {
        self.0
            .lock()
            .mark_lost(&format!("the broker closed the connection: {close}"));
        Ok(())
    }

    async fn blocked(&mut self, _: &Connection, reason: String) {
        tracing::warn!(reason, "the broker has blocked the connection");
    }

    async fn unblocked(&mut self, _: &Connection) {
        tracing::info!("the broker has unblocked the connection");
    }

    async fn secret_updated(&mut self, _: &Connection) {}
}
