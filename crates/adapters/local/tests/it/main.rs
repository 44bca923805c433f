//! Integration tests.
mod cluster;
