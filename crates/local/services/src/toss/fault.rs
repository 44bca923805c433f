//! How the provider can be made to misbehave.

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

/// What goes wrong with a call that is authorized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Does it and never answers: the client runs out of time.
    NoAnswer,
    /// Does it and answers with this error: `FAILED_INTERNAL_SYSTEM_PROCESSING` is a 500, `ALREADY_PROCESSED_PAYMENT`
    /// a 400.
    DoneButAnswers(&'static str),
    /// Does nothing and answers with this error.
    Refused(&'static str),
    /// Does nothing, like a gateway in front of it: 503 without a word, and no idempotency key is used up.
    NotReached,
    /// Takes so long before it does it; an equal call meanwhile gets a 409. It is done though the client has left.
    Slow(Duration),
    /// Does it and shows this amount instead of the payment's.
    ShowsAmount(i64),
}
