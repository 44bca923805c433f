//! Accounts, profiles, artists, follows, erasure.

mod artist;
mod ports;
mod user;

pub use {artist::*, ports::*, user::*};
