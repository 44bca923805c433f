//! Ports of styles: reads, writes by artists, trainings.

mod queries;
mod trainings;
mod write;

pub use {queries::*, trainings::*, write::*};
