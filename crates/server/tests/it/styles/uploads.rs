//! Uploads: everything is checked before anything is stored; a refused upload leaves nothing.

pub mod form;
mod limits;
mod names;
pub mod outage;
mod races;
mod refused;
mod samples;
mod stored;
