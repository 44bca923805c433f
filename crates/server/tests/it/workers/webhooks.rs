//! Reports of workers.

mod access;
mod addresses;
mod answers;
mod attempts;
mod duplicates;
mod generations;
mod storm;
mod trainings;
