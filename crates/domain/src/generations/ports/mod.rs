//! Ports of generations: reads, settlements, changes by the owner.

mod queries;
mod settlements;
mod write;

pub use {queries::*, settlements::*, write::*};
