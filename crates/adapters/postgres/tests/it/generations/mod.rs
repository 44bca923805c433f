//! The money statements, images and reads of generations.

mod attempts;
mod fold;
mod holds;
mod images;
mod lists;
pub mod races;
mod read;
mod settlements;
mod states;
