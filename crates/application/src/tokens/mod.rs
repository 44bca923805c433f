//! Purchases of tokens.

mod payments;

pub use payments::{
    PaymentReturn, PaymentService, PlacedOrder, PurchaseError, ReconcileReport, ReturnError, SettleError,
    TimeRange,
};
