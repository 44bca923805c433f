//! The demo login provider, seen from a client.

mod client;
mod faults;
mod flow;
mod page;
