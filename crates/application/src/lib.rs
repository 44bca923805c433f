//! Use cases: one service per capability, over the ports of `domain`.
//!
//! A service decides, the ports do. Services hold `Arc<dyn Port>`, are cheap to clone and know nothing of HTTP, SQL
//! or the broker's protocol. What runs by itself (relay, sweeps, folding, housekeeping) is in [`work`].

pub mod accounts;
pub mod community;
pub mod deletions;
pub mod follows;
pub mod generations;
pub mod health;
pub mod images;
pub mod login;
pub mod media;
pub mod notifications;
pub mod payments;
pub mod search;
pub mod styles;
pub mod tasks;
pub mod tokens;
pub mod work;
