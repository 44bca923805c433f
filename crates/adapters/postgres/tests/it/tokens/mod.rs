//! Purchases, the ledger and the audit.

mod audit;
mod model;
mod purchases;
mod read;
mod reference;
mod transactions;
