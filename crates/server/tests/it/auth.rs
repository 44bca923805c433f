//! Login and sessions.

mod answers;
mod login;
mod sessions;
