//! Balances, transactions, orders.

pub(crate) mod orders;
pub(crate) mod packages;
pub(crate) mod read;
pub(crate) mod transactions;
