//! The local payment provider, seen from a shop and from a buyer.

mod calls;
mod expiry;
mod keys;
mod page;
mod restart;
mod support;
mod webhooks;
