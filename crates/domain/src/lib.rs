//! The heart of Style License: what a style, a generation and a token are, and which rule binds them.
//!
//! Everything here is pure. Entities and value types are made by parsing, state machines are enums whose
//! transitions consume the old state, and whatever the platform needs from outside (a database, a broker, an
//! object store, a clock) is a trait beside the entities it is about. No type of a framework appears in this crate.

pub mod auth;
pub mod clock;
pub mod field_error;
pub mod generations;
pub mod id;
pub mod notifications;
pub mod object;
pub mod operations;
pub mod page;
pub mod search;
pub mod social;
mod storage_error;
pub mod styles;
mod text;
pub mod tokens;
pub mod unit_of_work;
pub mod users;
pub mod workers;

pub use field_error::FieldError;
pub use id::{ArtistId, CommentId, GenerationId, NotificationId, StyleId, TagId, TaskId, UserId};
pub use object::ObjectAddress;
pub use storage_error::StorageError;
pub use tokens::{Money, TokenPackage, Tokens};
