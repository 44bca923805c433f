//! Generations.

mod answers;
mod cancel;
