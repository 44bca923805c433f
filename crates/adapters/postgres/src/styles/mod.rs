//! Styles: uploads, trainings, reads, changes by the artist.

pub(crate) mod entity;
pub(crate) mod list;
pub(crate) mod own;
pub(crate) mod read;
pub(crate) mod tag_ids;
pub(crate) mod tags;
pub(crate) mod trainings;
pub(crate) mod uploads;
pub(crate) mod write;
