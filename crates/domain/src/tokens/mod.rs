//! Tokens: amounts, the ledger, orders and payments.

mod amount;
mod difference;
mod ledger;
mod order;
mod order_state;
mod payment;
mod ports;

pub use {amount::*, difference::*, ledger::*, order::*, order_state::*, payment::*, ports::*};
