//! Login: identities, the login provider, sessions.

mod identity;
mod ports;

pub use {identity::*, ports::*};
