//! A payment provider on the loopback address, for development and tests: Toss Payments' REST API and a checkout page.
//! No money moves, and the page says so.
//!
//! It implements Toss's paths, statuses, errors, authorization, idempotency, deadlines, test codes and webhooks, so
//! that payments use the production adapter. Tests can inject faults ([`InjectedFault`]), advance the clock, and hold
//! back webhooks to send them repeatedly, late or in another order.

mod api;
mod checkout;
mod clock;
mod fault;
mod idempotency;
mod payment;
mod refusal;
mod serve;
mod server;
mod state;
mod store;
mod webhooks;

pub use self::fault::{Call, InjectedFault};
pub use self::server::{LocalToss, LocalTossOptions};
