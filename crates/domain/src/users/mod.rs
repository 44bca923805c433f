//! Accounts, profiles, artists, follows, erasure.

mod artist;
mod email;
mod identity;
mod ports;
mod user;

pub use {artist::*, email::*, identity::*, ports::*, user::*};
