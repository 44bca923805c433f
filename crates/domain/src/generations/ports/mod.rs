//! Ports.

mod queries;
mod settlements;
mod write;

pub use {queries::*, settlements::*, write::*};
