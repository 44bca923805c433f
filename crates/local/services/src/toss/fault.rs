//! Faults that a test can inject.

use std::time::Duration;

/// A call of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// `POST /v1/payments`
    Checkout,
    /// `POST /v1/payments/confirm`
    Confirm,
    /// `GET /v1/payments/{paymentKey}`
    Payment,
    /// `GET /v1/payments/orders/{orderId}`
    Order,
    /// `POST /v1/payments/{paymentKey}/cancel`
    Cancel,
    /// `GET /v1/transactions`
    Transactions,
}

/// What goes wrong with an authorized call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InjectedFault {
    /// Does the work and never answers.
    NoAnswer,
    /// Does the work and answers with this error: `FAILED_INTERNAL_SYSTEM_PROCESSING` is a 500,
    /// `ALREADY_PROCESSED_PAYMENT` a 400.
    DoneButAnswers(&'static str),
    /// Does nothing and answers with this error.
    Refused(&'static str),
    /// Does nothing, like a gateway in front of it: an empty 503, and no idempotency key is used up.
    NotReached,
    /// Waits this long before the work; an equal call meanwhile gets a 409. The work is done even if the client has
    /// left.
    Slow(Duration),
    /// Does the work and shows this amount instead of the payment's.
    ShowsAmount(i64),
}
