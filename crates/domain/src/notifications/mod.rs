//! Notifications of users.

mod notification;
mod ports;

pub use {notification::*, ports::*};
