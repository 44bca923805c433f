//! Balances, and buying tokens.

mod balance;
mod payments;

pub use balance::TokenService;
pub use payments::{
    OrderOutcome, PaymentService, PlacedOrder, PurchaseError, Reconciled, ReturnError, Returned, SettleError,
    Span,
};
