//! Styles: what an artist uploads, what is trained from it, and who may use it.

mod licence;
mod tag;
mod training;

use chrono::{DateTime, Utc};

pub use licence::LicenceKind;
pub use tag::TagName;
pub use training::{TrainingEvent, TrainingStatus};

use crate::{ArtistId, Fault, ObjectAddress, StyleId, Tokens, text};

text::text_type! {
    /// A style's name; fixed once given, unique per artist without regard to case.
    StyleName, 1, 100, one_line
}

text::text_type! {
    /// What a style is.
    StyleDescription, 1, 2000
}

/// What one image in a style costs: 1 to 10,000 tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GenerationCost(Tokens);

impl GenerationCost {
    /// Highest price, in tokens.
    pub const MAX: i64 = 10_000;

    /// Takes a price in the allowed range.
    pub fn new(tokens: i64) -> Result<Self, Fault> {
        let fault = Fault::OutOfRange {
            min: 1,
            max: Self::MAX,
        };
        if (1..=Self::MAX).contains(&tokens) {
            Tokens::new(tokens).map(Self).map_err(|_| fault)
        } else {
            Err(fault)
        }
    }

    /// The price in tokens.
    pub fn tokens(self) -> Tokens {
        self.0
    }
}

/// A style model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleModel {
    /// Key.
    pub id: StyleId,
    /// Whose style it is.
    pub artist_id: ArtistId,
    /// Name.
    pub name: StyleName,
    /// Description.
    pub description: StyleDescription,
    /// Price of one image.
    pub cost: GenerationCost,
    /// The right an image carries.
    pub licence: LicenceKind,
    /// How far the training is.
    pub training: TrainingStatus,
    /// The trained model, once there is one.
    pub model: Option<ObjectAddress>,
    /// False when the artist withdrew it.
    pub is_active: bool,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// The images a style is trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingDataset {
    /// The style.
    pub style_id: StyleId,
    /// The images in upload order.
    pub images: Vec<TrainingImage>,
}

/// One image of a dataset; private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingImage {
    /// Where the original lies.
    pub object: ObjectAddress,
    /// MIME type found in its content.
    pub content_type: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// What it shows.
    pub tags: Vec<TagName>,
}

/// Rules of an upload.
pub mod upload {
    /// Fewest images a style is trained on.
    pub const MIN_IMAGES: usize = 10;
    /// Most images a style is trained on.
    pub const MAX_IMAGES: usize = 100;
    /// Most bytes of one training image (10 MB).
    pub const MAX_IMAGE_BYTES: u64 = 10 * 1024 * 1024;
    /// Fewest pixels on each side of a training image.
    pub const MIN_SIDE: u32 = 512;
    /// Most pixels (width × height) that are ever decoded; a header that claims more is a decompression bomb.
    pub const MAX_PIXELS: u64 = 64_000_000;
    /// Most pixels of a signature.
    pub const MAX_SIGNATURE_PIXELS: u64 = 4_000_000;
    /// Most tags of a style or of one of its images.
    pub const MAX_TAGS: usize = 30;
    /// Side of the square thumbnail, in pixels.
    pub const THUMBNAIL_SIDE: u32 = 256;
    /// Most bytes of a signature (2 MB).
    pub const MAX_SIGNATURE_BYTES: u64 = 2 * 1024 * 1024;
    /// Most images of which a public thumbnail is made and shown as a sample.
    pub const MAX_SAMPLES: usize = 6;

    /// Which of `images` images in a row are shown as samples: all when they are few, else the first, the last and
    /// what lies evenly between them.
    pub fn sample_places(images: usize) -> Vec<usize> {
        if images <= MAX_SAMPLES {
            return (0..images).collect();
        }
        (0..MAX_SAMPLES)
            .map(|n| n * (images - 1) / (MAX_SAMPLES - 1))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_one_to_ten_thousand_tokens() {
        for bad in [0, -1, 10_001, i64::MAX, i64::MIN] {
            assert_eq!(
                GenerationCost::new(bad),
                Err(Fault::OutOfRange { min: 1, max: 10_000 })
            );
        }
        assert_eq!(GenerationCost::new(10_000).unwrap().tokens().get(), 10_000);
    }

    #[test]
    fn samples_lie_evenly_from_the_first_image_to_the_last() {
        assert_eq!(upload::sample_places(0), [0; 0]);
        assert_eq!(upload::sample_places(2), [0, 1]);
        assert_eq!(upload::sample_places(6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(upload::sample_places(10), [0, 1, 3, 5, 7, 9]);
        assert_eq!(upload::sample_places(100), [0, 19, 39, 59, 79, 99]);
    }
}
