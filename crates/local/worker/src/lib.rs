//! The demo worker replaces the GPU workers in local development.
//!
//! It has the same interface as a GPU worker: it reads from storage, reports progress, stores its result and calls the
//! webhooks. Instead of running a model, it extracts the palette of a style and paints a procedural image with it. The
//! metadata of its files says so. Only `painter` paints, and no other crate depends on how.
//!
//! Tasks are handled in `training.rs` and `generation.rs`; `docs/workers.md` describes their messages. The scenes are in
//! `painter/scene`.

mod broker;
mod generation;
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixel coordinates, fractions and colours are far within the ranges of these types"
)]
pub mod painter;
mod platform;
mod queue;
mod storage;
mod task;
mod training;
mod worker;

pub use broker::BrokerWorker;
pub use platform::WorkerError;
pub use queue::InProcessQueue;
pub use worker::{DemoWorker, DemoWorkerOptions};
