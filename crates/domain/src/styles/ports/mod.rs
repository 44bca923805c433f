//! Ports.

mod queries;
mod trainings;
mod write;

pub use {queries::*, trainings::*, write::*};
