//! Public images, likes and comments.

mod ports;
mod post;

pub use {ports::*, post::*};
