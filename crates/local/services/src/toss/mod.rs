//! The payment provider of a laptop and of the tests: Toss Payments' REST API and a checkout page on the loopback
//! address. No money moves, and the page says so.
//!
//! It has Toss's paths, statuses, errors, authorization, idempotency, deadlines, test codes and webhooks, so that the
//! platform takes payments through the same adapter as in production. Tests can inject the
//! faults that a shop has to survive ([`InjectedFault`]), move its clock, and hold its webhooks back to send them twice,
//! late or in any order.

mod api;
mod book;
mod checkout;
mod clock;
mod fault;
mod idempotency;
mod payment;
mod refusal;
mod serve;
mod server;
mod state;
mod webhooks;

pub use self::fault::{Call, InjectedFault};
pub use self::server::{LocalToss, LocalTossOptions};
