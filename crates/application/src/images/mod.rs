//! Looking at images before the platform trusts them. Everything here runs on the blocking pool.

mod inspect;
mod render;

use std::path::PathBuf;

use bytes::Bytes;
use domain::FieldError;
use tokio::sync::Semaphore;

pub use inspect::{Inspected, Kind, Limits};
pub use render::{Portrait, Thumbnail};

/// Where an image comes from.
#[derive(Debug, Clone)]
pub enum ImageSource {
    Bytes(Bytes),
    File(PathBuf),
}

/// Limits of a training image.
pub const TRAINING: Limits = Limits {
    max_bytes: domain::styles::upload::MAX_IMAGE_BYTES,
    min_side: domain::styles::upload::MIN_SIDE,
    max_pixels: domain::styles::upload::MAX_PIXELS,
};

/// Limits of a signature.
pub const SIGNATURE: Limits = Limits {
    max_bytes: domain::styles::upload::MAX_SIGNATURE_BYTES,
    min_side: 1,
    max_pixels: domain::styles::upload::MAX_SIGNATURE_PIXELS,
};

/// Limits of a profile picture.
pub const PORTRAIT: Limits = Limits {
    max_bytes: domain::users::MAX_PICTURE_BYTES,
    min_side: 1,
    max_pixels: domain::styles::upload::MAX_PIXELS,
};

/// Looks at an image: first its size and header, which costs nothing however large it claims to be, then, when its
/// pixels fit a modest buffer, every pixel, so that a truncated file is refused here and not by a GPU.
pub async fn inspect(source: ImageSource, limits: Limits) -> Result<Inspected, FieldError> {
    blocking(move || inspect::inspect(&source, limits)).await
}

/// Which of the images are made thumbnails of: some of those that fit a modest buffer, else the smallest alone.
pub fn shown(inspected: &[Inspected]) -> Vec<usize> {
    render::shown(inspected)
}

/// A square thumbnail, JPEG. An image that is too large to be decoded here is refused.
pub async fn thumbnail(source: ImageSource) -> Result<Thumbnail, FieldError> {
    blocking(move || render::thumbnail(&source)).await
}

/// A signature, checked, decoded and written anew as PNG.
pub async fn signature_png(source: ImageSource) -> Result<Bytes, FieldError> {
    blocking(move || {
        inspect::inspect(&source, SIGNATURE)?;
        render::png(&source)
    })
    .await
}

/// A profile picture, checked, decoded, when its pixels fit a modest buffer, turned upright, made small and written anew.
pub async fn portrait(source: ImageSource) -> Result<Portrait, FieldError> {
    blocking(move || {
        let found = inspect::inspect(&source, PORTRAIT)?;
        if found.decoded_bytes > inspect::PIXEL_BUDGET {
            return Err(FieldError::ImageTooLarge {
                max: inspect::PIXEL_BUDGET / 3,
            });
        }
        render::portrait(&source)
    })
    .await
}

/// One picture is decoded at a time, whoever sends how many: pixels are what takes the memory.
static DECODER: Semaphore = Semaphore::const_new(1);

/// Runs `work` on the blocking pool when its turn comes. A panic in a decoder counts as a bad image.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FieldError> + Send + 'static,
) -> Result<T, FieldError> {
    // Closed never: the error cannot occur.
    let turn = DECODER.acquire().await.map_err(|_| FieldError::ImageFormat)?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.unwrap_or(Err(FieldError::ImageFormat))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};

    use super::*;

    fn plain(width: u32, height: u32) -> ImageSource {
        let mut file = Cursor::new(Vec::new());
        RgbImage::new(width, height)
            .write_to(&mut file, ImageFormat::Png)
            .unwrap();
        ImageSource::Bytes(file.into_inner().into())
    }

    #[tokio::test]
    async fn a_profile_picture_that_fits_no_modest_buffer_is_refused() {
        assert!(portrait(plain(3500, 3900)).await.is_ok());
        assert!(matches!(
            portrait(plain(3900, 3900)).await,
            Err(FieldError::ImageTooLarge { .. })
        ));
    }
}
