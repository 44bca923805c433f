//! The pool of connections.

mod connection;
mod deadlines;
