//! The demo worker: what a laptop has in place of the GPU workers.
//!
//! It does a task as they do, over the wire only: reads from storage, reports progress, puts its result into
//! storage and calls the webhooks. In place of a model it learns a style's palette and paints a procedural
//! picture with it; the files it writes say so.

// Pixels, shares and colours pass between integers and floats all the time here, always within small ranges.
macro_rules! picture_modules {
    ($($visibility:vis mod $name:ident;)*) => {$(
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_possible_wrap,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "picture arithmetic stays far within these types' ranges"
        )]
        $visibility mod $name;
    )*};
}

picture_modules! {
    mod canvas;
    pub mod noise;
    pub mod oklab;
    pub mod paint;
    mod painter;
    pub mod palette;
    mod pigments;
    mod scene;
    pub mod signature;
    pub mod texture;
}

mod generation;
pub mod model_file;
mod platform;
pub mod png_out;
mod run;
pub mod samples;
mod storage;
pub mod task;
mod training;

pub use platform::WorkerError;
pub use run::{DemoWorker, DemoWorkerOptions};
pub use storage::{S3Storage, Storage, StorageFailure};
