//! Workers' reports, in any order, number and mixture, and from anybody.

mod access;
mod addresses;
mod attempts;
mod duplicates;
mod generations;
mod storm;
mod trainings;
