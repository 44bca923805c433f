//! Uploads, changes, trainings and reads of styles.

mod read;
pub mod training_states;
mod trainings;
mod write;
