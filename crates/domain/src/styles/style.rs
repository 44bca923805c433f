//! The style and the images it is trained on.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::styles::{LicenseKind, TagName, TrainingStatus};
use crate::{ArtistId, FieldError, ObjectAddress, StyleId, Tokens, text};

text::text_type! {
    /// Name of a style. Immutable, and unique per artist (case-insensitive).
    StyleName, 1, 100, one_line
}

text::text_type! {
    /// Description of a style.
    StyleDescription, 1, 2000
}

/// The price of one generation: 1 to 10,000 tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GenerationPrice(Tokens);

impl GenerationPrice {
    pub const MAX: i64 = 10_000;

    pub fn new(tokens: i64) -> Result<Self, FieldError> {
        let error = FieldError::OutOfRange {
            min: 1,
            max: Self::MAX,
        };
        if (1..=Self::MAX).contains(&tokens) {
            Tokens::new(tokens).map(Self).map_err(|_| error)
        } else {
            Err(error)
        }
    }

    pub fn tokens(self) -> Tokens {
        self.0
    }
}

/// A style: a LoRA model trained on an artist's images, with its price and license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleModel {
    pub id: StyleId,
    pub artist_id: ArtistId,
    pub name: StyleName,
    pub description: StyleDescription,
    pub price: GenerationPrice,
    pub license: LicenseKind,
    /// Start of the license.
    pub valid_from: DateTime<Utc>,
    /// End of the license, exclusive.
    pub valid_to: Option<DateTime<Utc>>,
    /// Set by the artist.
    pub is_active: bool,
    /// Hidden by an administrator.
    pub is_flagged: bool,
    pub status: TrainingStatus,
    /// Public bucket.
    pub thumbnail: Option<ObjectAddress>,
    /// The trained model, private bucket.
    pub model: Option<ObjectAddress>,
    /// Number of completed generations, updated with a delay of up to a second.
    pub usage_count: i64,
    pub created_at: DateTime<Utc>,
}

impl StyleModel {
    /// Neither withdrawn by its artist nor hidden by an administrator.
    pub fn is_visible(&self) -> bool {
        self.is_active && !self.is_flagged
    }

    /// Whether everybody can see it: trained and visible.
    pub fn is_offered(&self) -> bool {
        self.status == TrainingStatus::Completed && self.is_visible()
    }

    /// Whether its license covers `now`.
    pub fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        self.valid_from <= now && self.valid_to.is_none_or(|end| now < end)
    }

    /// The model for a new generation: `None` unless the style is trained and its license covers `now`.
    pub fn usable_model(&self, now: DateTime<Utc>) -> Option<&ObjectAddress> {
        let usable = self.status == TrainingStatus::Completed && self.is_valid_at(now);
        self.model.as_ref().filter(|_| usable)
    }
}

/// What an artist enters for a new style.
#[derive(Debug, Clone)]
pub struct StyleDraft {
    pub name: StyleName,
    pub description: StyleDescription,
    pub price: GenerationPrice,
    pub license: LicenseKind,
}

/// Changes of a style by its artist. Absent: unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StyleUpdate {
    pub description: Option<StyleDescription>,
    /// For generations created from now on.
    pub price: Option<GenerationPrice>,
    pub is_active: Option<bool>,
    /// For generations created from now on.
    pub license: Option<LicenseKind>,
    /// New end of the license; `Some(None)` removes it.
    pub valid_to: Option<Option<DateTime<Utc>>>,
}

impl StyleUpdate {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The images a style is trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingDataset {
    pub upload_id: Uuid,
    /// In upload order.
    pub images: Vec<TrainingImage>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingImage {
    /// The original, private bucket.
    pub object: ObjectAddress,
    /// Public thumbnail when the image is a sample.
    pub sample: Option<ObjectAddress>,
    pub content_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub tags: Vec<TagName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_1_to_10_000_tokens() {
        for bad in [0, -1, 10_001, i64::MAX, i64::MIN] {
            assert_eq!(
                GenerationPrice::new(bad),
                Err(FieldError::OutOfRange { min: 1, max: 10_000 })
            );
        }
        assert_eq!(GenerationPrice::new(10_000).unwrap().tokens().get(), 10_000);
    }
}
