//! Tokens: holds, captures, releases, the list of transactions, and payments.

mod amounts;
mod answers;
mod holds;
mod payments;
mod transactions;
