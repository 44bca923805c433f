//! Generations: creation and reports of workers.

mod create;
mod reports;
