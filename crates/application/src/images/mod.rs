//! Validation and re-encoding of uploaded images, on the blocking pool.

mod inspect;
mod render;

use bytes::Bytes;
use domain::{FieldError, object::ObjectBody};
use tokio::sync::Semaphore;

pub use inspect::{Inspected, Kind, Limits};
pub(crate) use render::select_samples;
pub use render::{ProfilePicture, Thumbnail};

pub const TRAINING: Limits = Limits {
    max_bytes: domain::styles::upload::MAX_IMAGE_BYTES,
    min_side: domain::styles::upload::MIN_SIDE,
    max_pixels: domain::styles::upload::MAX_PIXELS,
};

pub const SIGNATURE: Limits = Limits {
    max_bytes: domain::styles::upload::MAX_SIGNATURE_BYTES,
    min_side: 1,
    max_pixels: domain::styles::upload::MAX_SIGNATURE_PIXELS,
};

pub const PROFILE_PICTURE: Limits = Limits {
    max_bytes: domain::users::MAX_PICTURE_BYTES,
    min_side: 1,
    max_pixels: domain::styles::upload::MAX_PIXELS,
};

/// Checks size and header of an image first, independent of its claimed dimensions. Then decodes it if its pixels fit
/// the budget, so that a truncated file is refused before it reaches a GPU.
pub async fn inspect(source: ObjectBody, limits: Limits) -> Result<Inspected, FieldError> {
    blocking(move || inspect::inspect(&source, limits)).await
}

/// A square JPEG thumbnail. Refuses an image that exceeds the decoding limit.
pub async fn thumbnail(source: ObjectBody) -> Result<Thumbnail, FieldError> {
    blocking(move || render::thumbnail(&source)).await
}

/// Checks a signature and re-encodes it as PNG.
pub async fn signature_png(source: ObjectBody) -> Result<Bytes, FieldError> {
    blocking(move || {
        inspect::inspect(&source, SIGNATURE)?;
        render::png(&source)
    })
    .await
}

/// Checks a profile picture, rotates it upright, scales it down and re-encodes it.
pub async fn profile_picture(source: ObjectBody) -> Result<ProfilePicture, FieldError> {
    blocking(move || {
        let inspected = inspect::inspect(&source, PROFILE_PICTURE)?;
        if inspected.decoded_bytes > inspect::PIXEL_BUDGET {
            return Err(FieldError::ImageTooLarge {
                max: inspect::PIXEL_BUDGET / 3,
            });
        }
        render::profile_picture(&source)
    })
    .await
}

/// Only one image is decoded at a time, to bound the memory for pixels.
static DECODER: Semaphore = Semaphore::const_new(1);

/// Runs `work` on the blocking pool, one at a time. A panic in a decoder counts as an invalid image.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FieldError> + Send + 'static,
) -> Result<T, FieldError> {
    // The semaphore is never closed.
    let permit = DECODER.acquire().await.map_err(|_| FieldError::ImageFormat)?;
    let task = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    task.await.unwrap_or(Err(FieldError::ImageFormat))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};

    use super::*;

    fn png(width: u32, height: u32) -> ObjectBody {
        let mut file = Cursor::new(Vec::new());
        RgbImage::new(width, height)
            .write_to(&mut file, ImageFormat::Png)
            .unwrap();
        ObjectBody::Bytes(file.into_inner().into())
    }

    #[tokio::test]
    async fn a_profile_picture_over_the_pixel_budget_is_refused() {
        assert!(profile_picture(png(3500, 3900)).await.is_ok());
        assert!(matches!(
            profile_picture(png(3900, 3900)).await,
            Err(FieldError::ImageTooLarge { .. })
        ));
    }
}
