//! Format, size and dimensions of an image, by its content.

use std::{
    fs::File,
    io::{BufRead, BufReader, Cursor, Seek},
};

use domain::{FieldError, object::ObjectBody};
use image::{ImageDecoder, ImageFormat, ImageReader};

/// Maximum size of decoded pixels for a full check, about 14 megapixels. Together with the file, which the JPEG
/// decoder reads whole, and the upload's buffers, this stays below the memory limit of 64 MB per upload.
pub(super) const PIXEL_BUDGET: u64 = 40 * 1024 * 1024;

/// Maximum allocation of a decoder besides pixels. Compressed metadata (like a PNG's color profile) can expand a
/// thousandfold.
const METADATA_BUDGET: u64 = 4 * 1024 * 1024;

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_bytes: u64,
    /// Minimum width and height.
    pub min_side: u32,
    /// Maximum width × height.
    pub max_pixels: u64,
}

/// Accepted image formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Png,
    Jpeg,
}

impl Kind {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }
}

/// Result of [`super::inspect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    pub kind: Kind,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    /// Size of the decoded pixels.
    pub decoded_bytes: u64,
}

pub(super) trait Readable: BufRead + Seek {}
impl<T: BufRead + Seek> Readable for T {}

pub(super) fn open(source: &ObjectBody) -> Result<(u64, Box<dyn Readable>), FieldError> {
    match source {
        ObjectBody::Bytes(bytes) => Ok((bytes.len() as u64, Box::new(Cursor::new(bytes.clone())))),
        ObjectBody::File(path) => {
            let file = File::open(path).map_err(|_| FieldError::ImageFormat)?;
            let bytes = file.metadata().map_err(|_| FieldError::ImageFormat)?.len();
            Ok((bytes, Box::new(BufReader::new(file))))
        }
    }
}

/// A PNG or JPEG decoder that has read the header.
pub(super) fn decoder(readable: Box<dyn Readable>) -> Result<(Kind, Box<dyn ImageDecoder>), FieldError> {
    let mut reader = ImageReader::new(readable)
        .with_guessed_format()
        .map_err(|_| FieldError::ImageFormat)?;
    let kind = match reader.format() {
        Some(ImageFormat::Png) => Kind::Png,
        Some(ImageFormat::Jpeg) => Kind::Jpeg,
        _ => return Err(FieldError::ImageFormat),
    };
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(METADATA_BUDGET);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| FieldError::ImageFormat)?;
    Ok((kind, Box::new(decoder)))
}

pub(super) fn inspect(source: &ObjectBody, limits: Limits) -> Result<Inspected, FieldError> {
    let (bytes, readable) = open(source)?;
    if bytes > limits.max_bytes {
        return Err(FieldError::ImageSize {
            max: limits.max_bytes,
        });
    }
    let (kind, decoder) = decoder(readable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(FieldError::ImageTooLarge {
            max: limits.max_pixels,
        });
    }
    if width.min(height) < limits.min_side {
        return Err(FieldError::ImageTooSmall { min: limits.min_side });
    }
    let decoded_bytes = decoder.total_bytes();
    if decoded_bytes <= PIXEL_BUDGET {
        let size = usize::try_from(decoded_bytes).map_err(|_| FieldError::ImageFormat)?;
        decoder
            .read_image_boxed(&mut vec![0; size])
            .map_err(|_| FieldError::ImageFormat)?;
    }
    Ok(Inspected {
        kind,
        width,
        height,
        bytes,
        decoded_bytes,
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use image::{DynamicImage, RgbImage};

    use super::*;
    use crate::images::TRAINING;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(RgbImage::new(width, height))
            .write_to(&mut out, format)
            .unwrap();
        out.into_inner()
    }

    fn inspect_bytes(bytes: Vec<u8>) -> Result<Inspected, FieldError> {
        inspect(&ObjectBody::Bytes(Bytes::from(bytes)), TRAINING)
    }

    #[test]
    fn format_and_size_are_read_from_the_content() {
        let png = inspect_bytes(encoded(512, 600, ImageFormat::Png)).unwrap();
        assert_eq!((png.kind, png.width, png.height), (Kind::Png, 512, 600));
        assert_eq!(
            inspect_bytes(encoded(512, 512, ImageFormat::Jpeg)).unwrap().kind,
            Kind::Jpeg
        );
    }

    #[test]
    fn u4_other_formats_are_refused() {
        for other in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
            b"GIF89a",
            b"",
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert_eq!(inspect_bytes(other.to_vec()), Err(FieldError::ImageFormat));
        }
    }

    #[test]
    fn a_truncated_image_is_refused() {
        let whole = encoded(600, 600, ImageFormat::Png);
        assert_eq!(
            inspect_bytes(whole[..whole.len() / 2].to_vec()),
            Err(FieldError::ImageFormat)
        );
    }

    #[test]
    fn an_image_below_512_pixels_is_refused() {
        assert_eq!(
            inspect_bytes(encoded(511, 900, ImageFormat::Png)),
            Err(FieldError::ImageTooSmall { min: 512 })
        );
    }

    #[test]
    fn u3_a_header_claiming_60000_by_60000_is_refused_without_decoding() {
        let mut bomb = encoded(512, 512, ImageFormat::Png);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let crc = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(
            inspect_bytes(bomb),
            Err(FieldError::ImageTooLarge {
                max: TRAINING.max_pixels
            })
        );
    }

    #[test]
    fn a_file_over_the_size_limit_is_refused_without_reading() {
        let big = vec![0; usize::try_from(TRAINING.max_bytes).unwrap() + 1];
        assert_eq!(
            inspect_bytes(big),
            Err(FieldError::ImageSize {
                max: TRAINING.max_bytes
            })
        );
    }

    /// The CRC of a PNG chunk.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }
}
