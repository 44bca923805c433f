//! Re-encoding of uploaded images. Every public image is encoded here.

use std::io::Cursor;

use bytes::Bytes;
use domain::{
    FieldError,
    object::ObjectBody,
    styles::upload::{THUMBNAIL_SIDE, sample_indexes},
    users::PICTURE_SIDE,
};
use image::{DynamicImage, ImageDecoder, ImageFormat, metadata::Orientation};

use super::{
    Kind,
    inspect::{Inspected, PIXEL_BUDGET, decoder, open},
};

/// Hard limit of decoded pixels, about 26 megapixels. Only for uploads without an image that fits [`PIXEL_BUDGET`].
const DECODE_LIMIT: u64 = 80 * 1024 * 1024;

/// A JPEG of 256×256 pixels.
#[derive(Debug, Clone)]
pub struct Thumbnail(pub Bytes);

impl Thumbnail {
    pub const CONTENT_TYPE: &'static str = "image/jpeg";
}

pub(crate) fn select_samples(inspected: &[Inspected]) -> Vec<usize> {
    let fits = |index: &usize| inspected[*index].decoded_bytes <= PIXEL_BUDGET;
    let fitting: Vec<usize> = (0..inspected.len()).filter(fits).collect();
    if fitting.is_empty() {
        let smallest = (0..inspected.len()).min_by_key(|index| inspected[*index].decoded_bytes);
        return smallest.into_iter().collect();
    }
    sample_indexes(fitting.len())
        .into_iter()
        .map(|index| fitting[index])
        .collect()
}

pub(super) fn thumbnail(source: &ObjectBody) -> Result<Thumbnail, FieldError> {
    let (image, orientation) = decode(source)?;
    let mut square = center_square(&image);
    drop(image);
    // Rotate after scaling: rotating the original would allocate its size again.
    square.apply_orientation(orientation);
    encode(&DynamicImage::ImageRgb8(square.to_rgb8()), ImageFormat::Jpeg).map(Thumbnail)
}

/// The center of an image, scaled to the thumbnail's size. Allocates nothing of the image's own size, neither a
/// cropped copy nor intermediate rows of a resampling filter.
fn center_square(image: &DynamicImage) -> DynamicImage {
    let shorter = u64::from(image.width().min(image.height()).max(1));
    let scaled = |side: u32| {
        let scaled = (u64::from(side) * u64::from(THUMBNAIL_SIDE)).div_ceil(shorter);
        u32::try_from(scaled).unwrap_or(u32::MAX).max(THUMBNAIL_SIDE)
    };
    let small = image.thumbnail_exact(scaled(image.width()), scaled(image.height()));
    let margin = |side: u32| (side - THUMBNAIL_SIDE) / 2;
    small.crop_imm(
        margin(small.width()),
        margin(small.height()),
        THUMBNAIL_SIDE,
        THUMBNAIL_SIDE,
    )
}

pub(super) fn png(source: &ObjectBody) -> Result<Bytes, FieldError> {
    let (mut image, orientation) = decode(source)?;
    image.apply_orientation(orientation);
    encode(&DynamicImage::ImageRgba8(image.into_rgba8()), ImageFormat::Png)
}

/// At most 512×512 pixels. PNG with an alpha channel, otherwise JPEG.
#[derive(Debug, Clone)]
pub struct ProfilePicture {
    pub bytes: Bytes,
    pub kind: Kind,
}

pub(super) fn profile_picture(source: &ObjectBody) -> Result<ProfilePicture, FieldError> {
    let (image, orientation) = decode(source)?;
    let mut small = if image.width().max(image.height()) > PICTURE_SIDE {
        image.thumbnail(PICTURE_SIDE, PICTURE_SIDE)
    } else {
        image
    };
    small.apply_orientation(orientation);
    let (small, format, kind) = if small.color().has_alpha() {
        (
            DynamicImage::ImageRgba8(small.into_rgba8()),
            ImageFormat::Png,
            Kind::Png,
        )
    } else {
        (
            DynamicImage::ImageRgb8(small.into_rgb8()),
            ImageFormat::Jpeg,
            Kind::Jpeg,
        )
    };
    encode(&small, format).map(|bytes| ProfilePicture { bytes, kind })
}

/// The pixels as stored, and the EXIF orientation to apply.
fn decode(source: &ObjectBody) -> Result<(DynamicImage, Orientation), FieldError> {
    let (_, readable) = open(source)?;
    let (_, mut decoder) = decoder(readable)?;
    if decoder.total_bytes() > DECODE_LIMIT {
        return Err(FieldError::ImageTooLarge {
            max: DECODE_LIMIT / 3,
        });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|_| FieldError::ImageFormat)?;
    Ok((image, orientation))
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Result<Bytes, FieldError> {
    let mut out = Cursor::new(Vec::new());
    image
        .write_to(&mut out, format)
        .map_err(|_| FieldError::ImageFormat)?;
    Ok(out.into_inner().into())
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    #[test]
    fn a_thumbnail_is_256_square() {
        let mut file = Cursor::new(Vec::new());
        RgbImage::new(700, 512)
            .write_to(&mut file, ImageFormat::Png)
            .unwrap();
        let Thumbnail(jpeg) = thumbnail(&ObjectBody::Bytes(file.into_inner().into())).unwrap();
        let decoded = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (256, 256));
    }

    #[test]
    fn large_images_are_samples_only_if_there_are_no_others() {
        let inspected = |decoded_bytes: u64| Inspected {
            kind: Kind::Png,
            width: 512,
            height: 512,
            bytes: 1,
            decoded_bytes,
        };
        let (small, large) = (inspected(PIXEL_BUDGET), inspected(PIXEL_BUDGET + 1));
        assert_eq!(select_samples(&[large, small, large, small]), [1, 3]);
        assert_eq!(select_samples(&[small; 11]), [0, 2, 4, 6, 8, 10]);
        assert_eq!(select_samples(&[inspected(PIXEL_BUDGET + 2), large]), [1]);
        assert_eq!(select_samples(&[]), [0; 0]);
    }

    #[test]
    fn u4_re_encoding_drops_bytes_appended_to_a_png() {
        let mut file = Cursor::new(Vec::new());
        RgbImage::new(20, 10)
            .write_to(&mut file, ImageFormat::Png)
            .unwrap();
        let mut polyglot = file.into_inner();
        polyglot.extend_from_slice(b"<html><script>alert(1)</script></html>");
        let clean = png(&ObjectBody::Bytes(polyglot.into())).unwrap();
        assert!(!clean.windows(6).any(|w| w == b"<html>"));
    }
}
