//! The demo worker: what a laptop has in place of the GPU workers.
//!
//! It does a task as they do, over the wire only: reads from storage, reports progress, puts its result into
//! storage and calls the webhooks. In place of a model it learns a style's palette and paints a procedural
//! picture with it; the files it writes say so.

mod broker;
mod generation;
// Pixels, shares and colours pass between integers and floats all the time here, always within small ranges.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "picture arithmetic stays far within these types' ranges"
)]
pub mod painter;
mod platform;
mod queue;
mod run;
mod storage;
mod task;
mod training;

pub use broker::BrokerWorker;
pub use platform::WorkerError;
pub use queue::InProcessQueue;
pub use run::{DemoWorker, DemoWorkerOptions};
pub use storage::{S3Storage, Storage, StorageFailure};
