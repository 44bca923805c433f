//! Token statements, images and reads of generations.

mod attempts;
mod fold;
mod holds;
mod images;
mod lists;
mod races;
mod read;
mod settlements;
mod states;
mod sweeps;
