//! The publisher against the RabbitMQ of the environment variable `AMQP_URL`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod delivery;
mod outages;
mod queues;
mod secrets;
mod support;
