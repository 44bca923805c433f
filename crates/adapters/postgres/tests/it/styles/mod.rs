//! Uploads, changes, trainings and reads of styles.

mod read;
mod training_states;
mod trainings;
mod write;
