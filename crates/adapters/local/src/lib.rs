//! What a laptop needs instead of real services: a private PostgreSQL, S3 on disk, a demo login provider, a payment
//! provider that moves no money, a page where the web client would be, a task queue in process and a demo worker that
//! paints. They play other parties and are reached by the same adapters as those.

#[cfg(feature = "cluster")]
pub mod cluster;
#[cfg(feature = "full")]
pub mod consumer;
#[cfg(feature = "full")]
pub mod front;
#[cfg(feature = "full")]
pub mod oidc;
#[cfg(feature = "full")]
mod pages;
#[cfg(feature = "full")]
pub mod queue;
#[cfg(feature = "full")]
pub mod s3;
#[cfg(feature = "full")]
pub mod toss;
#[cfg(feature = "full")]
mod web;
#[cfg(feature = "full")]
pub mod worker;
