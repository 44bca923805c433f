//! The adapter against a real PostgreSQL, named by the environment variable `DATABASE_URL`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

mod accounts;
mod attempts;
mod audit;
mod connection;
mod deadlines;
mod erasures;
mod fold;
mod generation_states;
mod holds;
mod housekeeping;
mod images;
mod model;
mod outbox;
mod profiles;
mod purchases;
mod queries;
mod races;
mod reference;
mod sessions;
mod settlements;
mod styles;
mod training_states;
mod trainings;
