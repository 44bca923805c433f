//! Size, kind and dimensions of an image, by its content.

use std::{
    fs::File,
    io::{BufRead, BufReader, Cursor, Seek},
};

use domain::FieldError;
use image::{ImageDecoder, ImageFormat, ImageReader};

use super::ImageSource;

/// Most bytes of decoded pixels that a picture is looked at with: 14 million pixels of a photograph. With the file, which
/// a JPEG's decoder reads whole, and what the upload itself needs, they stay below the 64 MB that an upload may cost.
pub(super) const PIXEL_BUDGET: u64 = 40 * 1024 * 1024;

/// Most bytes that a decoder may take for anything but pixels. Compressed side data (a PNG's colour profile, say) can
/// grow a thousandfold.
const SIDE_DATA_BUDGET: u64 = 4 * 1024 * 1024;

/// What an image may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of the file.
    pub max_bytes: u64,
    /// Fewest pixels on each side.
    pub min_side: u32,
    /// Most pixels in all.
    pub max_pixels: u64,
}

/// Kinds of image the platform takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Png,
    Jpeg,
}

impl Kind {
    /// MIME type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// Ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// Kind, by content.
    pub kind: Kind,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    pub bytes: u64,
    /// Size of its decoded pixels.
    pub decoded_bytes: u64,
}

/// Something an image can be read from.
pub(super) trait Readable: BufRead + Seek {}
impl<T: BufRead + Seek> Readable for T {}

/// Opens a source.
pub(super) fn open(source: &ImageSource) -> Result<(u64, Box<dyn Readable>), FieldError> {
    match source {
        ImageSource::Bytes(bytes) => Ok((bytes.len() as u64, Box::new(Cursor::new(bytes.clone())))),
        ImageSource::File(path) => {
            let file = File::open(path).map_err(|_| FieldError::ImageFormat)?;
            let bytes = file.metadata().map_err(|_| FieldError::ImageFormat)?.len();
            Ok((bytes, Box::new(BufReader::new(file))))
        }
    }
}

/// A decoder whose header has been read, for PNG and JPEG alone.
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
    limits.max_alloc = Some(SIDE_DATA_BUDGET);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| FieldError::ImageFormat)?;
    Ok((kind, Box::new(decoder)))
}

pub(super) fn inspect(source: &ImageSource, limits: Limits) -> Result<Inspected, FieldError> {
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

    fn look(bytes: Vec<u8>) -> Result<Inspected, FieldError> {
        inspect(&ImageSource::Bytes(Bytes::from(bytes)), TRAINING)
    }

    #[test]
    fn kind_and_size_come_from_the_content() {
        let png = look(encoded(512, 600, ImageFormat::Png)).unwrap();
        assert_eq!((png.kind, png.width, png.height), (Kind::Png, 512, 600));
        assert_eq!(
            look(encoded(512, 512, ImageFormat::Jpeg)).unwrap().kind,
            Kind::Jpeg
        );
    }

    #[test]
    fn u4_anything_else_is_refused() {
        for other in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
            b"GIF89a",
            b"",
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert_eq!(look(other.to_vec()), Err(FieldError::ImageFormat));
        }
    }

    #[test]
    fn a_truncated_image_is_refused() {
        let whole = encoded(600, 600, ImageFormat::Png);
        assert_eq!(
            look(whole[..whole.len() / 2].to_vec()),
            Err(FieldError::ImageFormat)
        );
    }

    #[test]
    fn an_image_below_512_pixels_is_refused() {
        assert_eq!(
            look(encoded(511, 900, ImageFormat::Png)),
            Err(FieldError::ImageTooSmall { min: 512 })
        );
    }

    #[test]
    fn u3_a_header_claiming_60000_by_60000_is_refused_unread() {
        let mut bomb = encoded(512, 512, ImageFormat::Png);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let crc = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(
            look(bomb),
            Err(FieldError::ImageTooLarge {
                max: TRAINING.max_pixels
            })
        );
    }

    #[test]
    fn a_file_over_its_limit_is_refused_before_it_is_read() {
        let big = vec![0; usize::try_from(TRAINING.max_bytes).unwrap() + 1];
        assert_eq!(
            look(big),
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
