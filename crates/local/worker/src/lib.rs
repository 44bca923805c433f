//! The demo worker: what a laptop has in place of the GPU workers.
//!
//! It does a task as they do, over the wire only: reads from storage, reports progress, puts its result into
//! storage and calls the webhooks. In place of a model it learns a style's palette and paints a procedural
//! picture with it; the files it writes say so. Everything about pictures is behind [`painter`].

mod broker;
mod generation;
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels, shares and colours stay far within the ranges of these types"
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
