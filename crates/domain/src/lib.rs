//! The heart of Style License: what a style, a generation and a token are, and which rule binds them.
//!
//! Everything here is pure. Entities and value types are made by parsing, state machines are enums whose
//! transitions consume the old state, and whatever the platform needs from outside (a database, a broker, an
//! object store, a clock) is a trait in [`ports`]. No type of a framework appears in this crate.

pub mod artist;
pub mod community;
pub mod fault;
pub mod generation;
pub mod id;
pub mod ledger;
pub mod notification;
pub mod object;
pub mod page;
pub mod payment;
pub mod ports;
pub mod retry;
pub mod search;
pub mod style;
pub mod task;
mod text;
pub mod tokens;
pub mod user;

pub use fault::Fault;
pub use id::{ArtistId, CommentId, GenerationId, NotificationId, StyleId, TagId, TaskId, UserId};
pub use object::ObjectAddress;
pub use tokens::{Money, TokenPackage, Tokens};
