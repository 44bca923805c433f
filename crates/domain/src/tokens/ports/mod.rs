//! Ports of tokens: orders, the payment provider, balances, the audit.

mod audit;
mod provider;
mod purchases;
mod queries;

pub use {audit::*, provider::*, purchases::*, queries::*};
