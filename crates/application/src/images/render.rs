//! Making images of ours from images of others: what is public was encoded here.

use std::io::Cursor;

use bytes::Bytes;
use domain::{
    FieldError,
    styles::upload::{THUMBNAIL_SIDE, sample_places},
    users::PICTURE_SIDE,
};
use image::{DynamicImage, ImageDecoder, ImageFormat, metadata::Orientation};

use super::{
    ImageSource, Kind,
    inspect::{Inspected, PIXEL_BUDGET, decoder, open},
};

/// Most bytes of decoded pixels that are ever held: 26 million pixels of a photograph. Only for an upload of which no
/// picture fits [`PIXEL_BUDGET`].
const DECODE_LIMIT: u64 = 80 * 1024 * 1024;

/// A thumbnail: 256×256, JPEG.
#[derive(Debug, Clone)]
pub struct Thumbnail(pub Bytes);

impl Thumbnail {
    /// MIME type.
    pub const CONTENT_TYPE: &'static str = "image/jpeg";
}

pub(super) fn shown(inspected: &[Inspected]) -> Vec<usize> {
    let fits = |index: &usize| inspected[*index].decoded_bytes <= PIXEL_BUDGET;
    let fitting: Vec<usize> = (0..inspected.len()).filter(fits).collect();
    if fitting.is_empty() {
        let smallest = (0..inspected.len()).min_by_key(|index| inspected[*index].decoded_bytes);
        return smallest.into_iter().collect();
    }
    sample_places(fitting.len())
        .into_iter()
        .map(|place| fitting[place])
        .collect()
}

pub(super) fn thumbnail(source: &ImageSource) -> Result<Thumbnail, FieldError> {
    let (image, orientation) = decode(source)?;
    let mut square = center_square(&image);
    drop(image);
    // Turned when it is small: turning the original would take its size once more.
    square.apply_orientation(orientation);
    encode(&DynamicImage::ImageRgb8(square.to_rgb8()), ImageFormat::Jpeg).map(Thumbnail)
}

/// The middle of an image at the thumbnail's size. Nothing of the image's own size is made on the way, neither a copy
/// to crop nor the rows in between that a resampling filter keeps.
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

pub(super) fn png(source: &ImageSource) -> Result<Bytes, FieldError> {
    let (mut image, orientation) = decode(source)?;
    image.apply_orientation(orientation);
    encode(&DynamicImage::ImageRgba8(image.into_rgba8()), ImageFormat::Png)
}

/// A profile picture: at most 512×512, PNG when parts of it are see-through, else JPEG.
#[derive(Debug, Clone)]
pub struct Portrait {
    pub bytes: Bytes,
    pub kind: Kind,
}

pub(super) fn portrait(source: &ImageSource) -> Result<Portrait, FieldError> {
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
    encode(&small, format).map(|bytes| Portrait { bytes, kind })
}

/// The picture as stored and how it is to be turned.
fn decode(source: &ImageSource) -> Result<(DynamicImage, Orientation), FieldError> {
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
        let Thumbnail(jpeg) = thumbnail(&ImageSource::Bytes(file.into_inner().into())).unwrap();
        let read = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
        assert_eq!((read.width(), read.height()), (256, 256));
    }

    #[test]
    fn images_that_take_too_much_memory_are_not_shown_as_long_as_there_are_others() {
        let of = |decoded_bytes: u64| Inspected {
            kind: Kind::Png,
            width: 512,
            height: 512,
            bytes: 1,
            decoded_bytes,
        };
        let (small, large) = (of(PIXEL_BUDGET), of(PIXEL_BUDGET + 1));
        assert_eq!(shown(&[large, small, large, small]), [1, 3]);
        assert_eq!(shown(&[small; 11]), [0, 2, 4, 6, 8, 10]);
        assert_eq!(shown(&[of(PIXEL_BUDGET + 2), large]), [1]);
        assert_eq!(shown(&[]), [0; 0]);
    }

    #[test]
    fn u4_bytes_behind_a_png_are_gone_after_encoding_anew() {
        let mut file = Cursor::new(Vec::new());
        RgbImage::new(20, 10)
            .write_to(&mut file, ImageFormat::Png)
            .unwrap();
        let mut polyglot = file.into_inner();
        polyglot.extend_from_slice(b"<html><script>alert(1)</script></html>");
        let clean = png(&ImageSource::Bytes(polyglot.into())).unwrap();
        assert!(!clean.windows(6).any(|w| w == b"<html>"));
    }
}
