//! Reports of workers.

mod access;
mod addresses;
mod answers;
mod attempts;
mod duplicates;
mod generations;
mod random_order;
mod trainings;
