//! Ports of accounts: registration, profiles, follows, erasure, reads.

mod accounts;
mod erasures;
mod follows;
mod profiles;
mod queries;

pub use {accounts::*, erasures::*, follows::*, profiles::*, queries::*};
