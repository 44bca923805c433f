//! Uploads. Everything is validated before anything is stored.

pub mod form;
mod limits;
mod names;
pub mod outage;
mod races;
mod refused;
mod samples;
mod stored;
