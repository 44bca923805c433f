//! The connection pool.

mod connection;
mod deadlines;
