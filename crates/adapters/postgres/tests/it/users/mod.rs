//! Accounts, profiles and erasures.

mod accounts;
pub mod erasures;
mod profiles;
mod read;
