//! Payments through Toss Payments (core API, <https://docs.tosspayments.com/reference>).
//!
//! Creating and confirming a payment send the order id as idempotency key, so a retry has no second effect. A full
//! refund needs no key, because it can succeed only once. If a response leaves the outcome open, the error is
//! [`Unknown`](domain::tokens::PaymentError::Unknown), and the caller must read the payment before it decides. Calls
//! have a timeout and a size limit. Amounts are parsed as decimals, never as floats. No error contains the secret key,
//! a payment key or an unparsed response.

mod error;
mod http;
mod payments;
mod settings;
mod wire;

pub use payments::TossPayments;
pub use settings::{Settings, SettingsError, TOSS_API};
