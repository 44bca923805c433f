//! Use cases: one service per subject on top of the ports of `domain`, and background jobs.
//!
//! Services hold `Arc<dyn Port>`, are cheap to clone and independent of HTTP, SQL and the broker.
//!
//! # Adding a use case
//!
//! 1. Write a method of the service of the subject (`<subject>/mod.rs`), or in a separate file if it is more than a few calls.
//! 2. Return a typed error for each refusal; `http/src/<subject>/errors.rs` maps it to an error code.
//! 3. Construct a new service in `server/src/bootstrap`.
//!
//! Use one unit of work for writes that belong together. Call storage, login and payments before `begin()` or after
//! `commit()`, never between them.
//!
//! A job is a struct with a method `round`, started in `server/src/bootstrap/background.rs`. It returns whether there
//! is more to do. Every server runs it, so its writes are guarded by what it read.
//!
//! ```
//! use std::sync::Arc;
//!
//! use domain::{StorageError, UserId, clock::Clock, notifications::Notifications};
//!
//! /// Marks the notifications of users as read.
//! #[derive(Clone)]
//! pub struct ReadAll {
//!     notifications: Arc<dyn Notifications>,
//!     clock: Arc<dyn Clock>,
//! }
//!
//! impl ReadAll {
//!     /// Returns how many notifications were unread.
//!     pub async fn read_all(&self, user: UserId) -> Result<u64, StorageError> {
//!         self.notifications.read_all(user, self.clock.now()).await
//!     }
//! }
//! ```

pub mod auth;
pub mod generations;
pub mod images;
pub mod media_urls;
pub mod notifications;
pub mod operations;
mod owner;
pub mod search;
pub mod social;
pub mod styles;
pub mod tokens;
pub mod users;
pub mod workers;
