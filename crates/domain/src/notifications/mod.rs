//! What people are notified of.

mod notification;
mod ports;

pub use {notification::*, ports::*};
