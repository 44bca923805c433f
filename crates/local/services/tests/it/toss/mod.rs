//! Tests of the local payment provider.

mod calls;
mod expiry;
mod keys;
mod page;
mod restart;
mod support;
mod webhooks;
