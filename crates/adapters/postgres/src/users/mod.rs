//! Accounts, profiles, follows, erasure.

pub(crate) mod accounts;
pub(crate) mod erasures;
pub(crate) mod following;
pub(crate) mod follows;
pub(crate) mod pending_erasures;
pub(crate) mod profiles;
pub(crate) mod read;
