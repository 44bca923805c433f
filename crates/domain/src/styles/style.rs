//! Styles: what an artist uploads, what is trained from it, and who may use it.

use chrono::{DateTime, Utc};

use crate::styles::{LicenseKind, TagName, TrainingStatus};
use crate::{ArtistId, FieldError, ObjectAddress, StyleId, Tokens, text};

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
pub struct GenerationPrice(Tokens);

impl GenerationPrice {
    /// Highest price, in tokens.
    pub const MAX: i64 = 10_000;

    /// Takes a price in the allowed range.
    pub fn new(tokens: i64) -> Result<Self, FieldError> {
        let fault = FieldError::OutOfRange {
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
    pub id: StyleId,
    pub artist_id: ArtistId,
    pub name: StyleName,
    pub description: StyleDescription,
    pub price: GenerationPrice,
    pub license: LicenseKind,
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
    pub style_id: StyleId,
    /// The images in upload order.
    pub images: Vec<TrainingImage>,
}

/// One image of a dataset; private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingImage {
    pub object: ObjectAddress,
    /// MIME type found in its content.
    pub content_type: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
    pub tags: Vec<TagName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_one_to_ten_thousand_tokens() {
        for bad in [0, -1, 10_001, i64::MAX, i64::MIN] {
            assert_eq!(
                GenerationPrice::new(bad),
                Err(FieldError::OutOfRange { min: 1, max: 10_000 })
            );
        }
        assert_eq!(GenerationPrice::new(10_000).unwrap().tokens().get(), 10_000);
    }
}
