//! The way to the payment provider, Toss Payments (core API, <https://docs.tosspayments.com/reference>).
//!
//! Preparing and confirming carry the order as their idempotency key, so a repeat has no second effect; giving back has
//! none by its nature. What an answer does not
//! say for certain is [`Unknown`](domain::tokens::PaymentError::Unknown): the caller reads the payment before it
//! decides anything. Answers are bounded in time and size, amounts are read digit by digit and never through a
//! float, and no error text holds the secret key, a payment's key or what came back unasked.

mod http;
mod payments;
mod refusal;
mod settings;
mod wire;

pub use payments::TossPayments;
pub use settings::{Settings, SettingsError, TOSS_API};
