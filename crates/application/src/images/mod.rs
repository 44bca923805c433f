//! Looking at images before the platform trusts them. Everything here runs on the blocking pool.

mod inspect;
mod render;

use std::path::PathBuf;

use bytes::Bytes;
use domain::Fault;

pub use inspect::{Inspected, Kind, Limits};
pub use render::Thumbnail;

/// Where an image comes from.
#[derive(Debug, Clone)]
pub enum ImageSource {
    /// Small ones.
    Bytes(Bytes),
    /// A file on local disk.
    File(PathBuf),
}

/// Limits of a training image.
pub const TRAINING: Limits = Limits {
    max_bytes: domain::style::upload::MAX_IMAGE_BYTES,
    min_side: domain::style::upload::MIN_SIDE,
    max_pixels: domain::style::upload::MAX_PIXELS,
};

/// Limits of a signature.
pub const SIGNATURE: Limits = Limits {
    max_bytes: domain::style::upload::MAX_SIGNATURE_BYTES,
    min_side: 1,
    max_pixels: domain::style::upload::MAX_PIXELS / 4,
};

/// Looks at an image: first its size and header, which costs nothing however large it claims to be, then, when its
/// pixels fit a modest buffer, every pixel, so that a truncated file is refused here and not by a GPU.
pub async fn inspect(source: ImageSource, limits: Limits) -> Result<Inspected, Fault> {
    blocking(move || inspect::inspect(&source, limits)).await
}

/// A square thumbnail, JPEG, of the first of `candidates` that fits a modest buffer, else of the smallest.
pub async fn thumbnail(candidates: Vec<(ImageSource, Inspected)>) -> Result<Thumbnail, Fault> {
    blocking(move || render::thumbnail(&candidates)).await
}

/// A signature, checked, decoded and written anew as PNG.
pub async fn signature_png(source: ImageSource) -> Result<Bytes, Fault> {
    blocking(move || {
        inspect::inspect(&source, SIGNATURE)?;
        render::png(&source)
    })
    .await
}

/// Runs `work` on the blocking pool. A panic in a decoder counts as a bad image.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(Fault::ImageFormat))
}
