//! Login: identities, the login provider, sessions.

mod ports;

pub use ports::*;

pub use crate::users::Identity;
