//! Generations: token statements, reads, changes by the owner.

pub(crate) mod entity;
pub(crate) mod feed;
pub(crate) mod own;
pub(crate) mod read;
pub(crate) mod settlements;
pub(crate) mod write;
