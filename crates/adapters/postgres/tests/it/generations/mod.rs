//! Token statements, images and reads of generations.

mod attempts;
mod deadlines;
mod earnings;
mod holds;
mod images;
mod lists;
mod races;
mod read;
mod settlements;
mod states;
