//! Tokens over HTTP: held, captured, released, and never more than there are.

mod amounts;
mod cancel;
mod holds;
mod transactions;
