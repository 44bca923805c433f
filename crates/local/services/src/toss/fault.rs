//! Faults that a test can inject.

use std::time::Duration;

/// An operation of the API.
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

/// The fault of an authorized call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InjectedFault {
    /// Executes the call and never responds.
    NoResponse,
    /// Executes the call and responds with this error: `FAILED_INTERNAL_SYSTEM_PROCESSING` is a 500,
    /// `ALREADY_PROCESSED_PAYMENT` a 400.
    ErrorAfterSuccess(&'static str),
    /// Does not execute the call and responds with this error.
    Refused(&'static str),
    /// Responds with an empty 503 like a gateway, without executing the call or using up its idempotency key.
    NotReached,
    /// Delays the call; a concurrent equal call gets a 409. The call is executed even if the client disconnects.
    Slow(Duration),
    /// Executes the call and responds with this amount.
    WrongAmount(i64),
}
