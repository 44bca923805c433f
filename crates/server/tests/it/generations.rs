//! Generations.

mod cancel;
