//! Search of styles and artists.

mod pattern;
mod ports;

pub use {pattern::*, ports::*};
