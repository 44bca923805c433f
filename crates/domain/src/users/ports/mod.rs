//! Ports.

mod accounts;
mod erasures;
mod follows;
mod profiles;
mod queries;

pub use {accounts::*, erasures::*, follows::*, profiles::*, queries::*};
