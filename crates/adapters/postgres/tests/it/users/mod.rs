//! Accounts, profiles and erasures.

mod accounts;
mod erasures;
mod profiles;
mod read;
