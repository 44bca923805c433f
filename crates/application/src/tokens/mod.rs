//! Purchases of tokens.

mod payments;

pub use payments::{
    OrderOutcome, PaymentReturn, PaymentService, PlacedOrder, PurchaseError, ReconcileReport, ReturnError,
    SettleError, TimeRange,
};
