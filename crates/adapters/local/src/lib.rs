//! What a laptop needs instead of real services.

#[cfg(feature = "cluster")]
pub mod cluster;
