//! Accounts: erasure and profile updates.

mod erasure;
mod profile;
