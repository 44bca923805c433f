//! The domain: entities, value types, state machines and business rules, without I/O.
//!
//! Each subject (`styles`, `tokens`, …) has its entities, its rules and its ports. Ports are traits for everything
//! outside: database, broker, object store, clock. No framework types appear here.
//!
//! # Adding a port
//!
//! 1. Write value types that are created by parsing, so that every value is valid.
//! 2. Write an object-safe trait in `<subject>/ports.rs`. A business failure is a typed variant of its result. Everything else
//!    is a [`StorageError`].
//! 3. Implement it in an adapter, and pass it to a service of `application` as `Arc<dyn …>` in `server/src/bootstrap`.
//!
//! ```
//! use async_trait::async_trait;
//! use stylelicense_domain::{FieldError, StorageError, StyleId};
//!
//! /// A note about a style, 1 to 200 characters.
//! #[derive(Debug, Clone, PartialEq, Eq)]
//! pub struct StyleNote(String);
//!
//! impl StyleNote {
//!     pub const MAX_CHARS: usize = 200;
//!
//!     pub fn parse(raw: &str) -> Result<Self, FieldError> {
//!         match raw.trim() {
//!             "" => Err(FieldError::Required),
//!             note if note.chars().count() > Self::MAX_CHARS => Err(FieldError::TooLong { max: Self::MAX_CHARS }),
//!             note => Ok(Self(note.to_owned())),
//!         }
//!     }
//! }
//!
//! #[async_trait]
//! pub trait StyleNotes: Send + Sync {
//!     /// The note of a style, if it has one.
//!     async fn style_note(&self, style: StyleId) -> Result<Option<StyleNote>, StorageError>;
//! }
//!
//! assert_eq!(StyleNote::parse("  "), Err(FieldError::Required));
//! assert!(StyleNote::parse("For book covers.").is_ok());
//! ```

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
mod string_enum;
pub mod styles;
mod text;
pub mod tokens;
pub mod unit_of_work;
pub mod users;
pub mod workers;

pub use field_error::FieldError;
pub use id::{ArtistId, CommentId, GenerationId, NotificationId, StyleId, TaskId, UserId};
pub use object::ObjectAddress;
pub use storage_error::StorageError;
pub use tokens::{Money, TokenPackage, Tokens};
