//! Generations: a user pays tokens for one image in a style. Their state machine, settlements and read models.

mod aspect;
mod generation;
mod ports;
mod seed;
mod status;

pub use {aspect::*, generation::*, ports::*, seed::*, status::*};
