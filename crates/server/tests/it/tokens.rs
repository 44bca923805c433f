//! Tokens: holds, captures, releases, the list of transactions, and payments.

mod amounts;
mod holds;
mod payments;
mod transactions;
