//! Generations: one image asked for, paid for, and made or released.

mod aspect;
mod generation;
mod ports;
mod seed;
mod status;

pub use {aspect::*, generation::*, ports::*, seed::*, status::*};
