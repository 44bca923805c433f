//! Uploads: everything is checked before anything is stored, and what is refused leaves nothing.

pub(crate) mod form;
mod limits;
mod names;
pub mod outage;
mod races;
mod refused;
mod samples;
mod signature;
mod stored;
