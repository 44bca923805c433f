//! Use cases: one service per capability, over the ports of `domain`.
//!
//! A service decides, the ports do. Services hold `Arc<dyn Port>`, are cheap to clone and know nothing of HTTP, SQL
//! or the broker's protocol. What runs by itself (relay, sweeps, folding, housekeeping) is in [`workers`] and [`operations`].

pub mod auth;
pub mod generations;
pub mod images;
pub mod media_urls;
pub mod notifications;
pub mod operations;
pub mod search;
pub mod social;
pub mod styles;
pub mod tokens;
pub mod users;
pub mod workers;
