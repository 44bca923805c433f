//! The way to the GPU workers over RabbitMQ: tasks are published persistently, with publisher confirms, to queues
//! that are declared exactly as the workers declare them.
//!
//! One connection with one confirming channel, opened when it is first needed and again after it is lost. A message
//! is reported as delivered only when the broker has taken responsibility for it; whatever is uncertain is reported
//! as unreachable, and the caller sends it again under the same `message_id`.

mod backoff;
mod callbacks;
mod confirms;
mod link;
mod publisher;
mod settings;

pub use link::{connect, within};
pub use publisher::RabbitPublisher;
pub use settings::{Settings, SettingsError, Timeouts};
