//! Balances, transactions, packages, orders.

pub(crate) mod entity;
pub(crate) mod orders;
pub(crate) mod packages;
pub(crate) mod read;
pub(crate) mod transactions;
