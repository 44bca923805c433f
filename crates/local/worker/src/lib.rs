//! The demo worker, which a laptop uses in place of GPU workers.
//!
//! It does a task as a GPU worker does, over the wire only: it reads from storage, reports progress, stores its result and calls
//! the webhooks. Instead of running a model it learns the palette of a style and paints a procedural image with it. The files it
//! writes say so. `painter` is the only part that knows how to paint, and nothing else of the product depends on it.
//!
//! To change how tasks are handled, see `training.rs` and `generation.rs`; their messages are described in `docs/workers.md`. To
//! change the images, add a scene in `painter/scene`.

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
