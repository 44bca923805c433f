//! Signing in and sessions.

mod answers;
mod login;
mod sessions;
