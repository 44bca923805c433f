//! Tests of the demo login provider.

mod client;
mod faults;
mod flow;
mod page;
