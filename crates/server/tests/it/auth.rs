//! Signing in and sessions.

mod login;
mod sessions;
