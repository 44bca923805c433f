//! Tasks for GPU workers over RabbitMQ: published persistently, with publisher confirms, to queues declared exactly as
//! the workers declare them.
//!
//! There is one connection with one confirming channel. It is opened when it is first needed and again after it was
//! lost. A message counts as delivered only when the broker has confirmed it. If the outcome is uncertain, the broker
//! is reported as unreachable, and the caller sends the message again with the same `message_id`.
//!
//! # Publishing to another broker
//!
//! ```
//! use stylelicense_rabbitmq::{RabbitPublisher, Settings, SettingsError};
//!
//! // Called inside a Tokio runtime. Connects when the first message is published.
//! fn publisher() -> Result<RabbitPublisher, SettingsError> {
//!     let settings = Settings::from_url(&"amqp://guest:guest@localhost:5672/%2f".into())?;
//!     Ok(RabbitPublisher::new(settings))
//! }
//! ```
//!
//! To add a queue, add a topic in `domain/src/workers` and a relay for it in `server/src/bootstrap/background.rs`.
//! Queues are declared without arguments; see `docs/workers.md`.

mod backoff;
mod callbacks;
mod confirms;
mod connection;
mod publisher;
mod settings;

pub use connection::{connect, within};
pub use publisher::RabbitPublisher;
pub use settings::{Settings, SettingsError, Timeouts};
