//! The generation and its image.

use chrono::{DateTime, Utc};

use crate::generations::{AspectRatio, GenerationStatus, Seed};
use crate::{
    ArtistId, FieldError, GenerationId, ObjectAddress, StyleId, Tokens, UserId, styles::TagName, text,
};

text::text_type! {
    /// The owner's text about the image.
    Caption, 0, 1000
}

/// The prompt: 1 to 30 distinct tags in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptTags(Vec<TagName>);

impl PromptTags {
    pub const MAX: usize = 30;

    /// Drops duplicates.
    pub fn new(tags: Vec<TagName>) -> Result<Self, FieldError> {
        let mut kept: Vec<TagName> = Vec::with_capacity(tags.len().min(Self::MAX));
        for tag in tags {
            if !kept.contains(&tag) {
                kept.push(tag);
            }
            if kept.len() > Self::MAX {
                break;
            }
        }
        if kept.is_empty() || kept.len() > Self::MAX {
            return Err(FieldError::WrongCount {
                min: 1,
                max: Self::MAX,
            });
        }
        Ok(Self(kept))
    }

    /// Wraps tags that were validated before they were stored.
    pub fn from_stored(tags: Vec<String>) -> Self {
        Self(tags.into_iter().map(TagName::from_stored).collect())
    }

    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|tag| tag.as_str().to_owned()).collect()
    }
}

/// A generation: an image in a style, at the style's price at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationRequest {
    pub id: GenerationId,
    pub user_id: UserId,
    pub style_id: StyleId,
    pub artist_id: ArtistId,
    pub status: GenerationStatus,
    /// Tokens held, captured or released.
    pub price: Tokens,
    pub prompt: PromptTags,
    pub caption: Option<Caption>,
    pub aspect: AspectRatio,
    pub seed: Seed,
    pub created_at: DateTime<Utc>,
}

/// The image of a completed generation, which has exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedImage {
    pub object: ObjectAddress,
    pub is_public: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_has_1_to_30_tags() {
        let tags = |n: usize| {
            (0..n)
                .map(|i| TagName::parse(&format!("t{i}")).unwrap())
                .collect::<Vec<_>>()
        };
        assert!(PromptTags::new(tags(30)).is_ok());
        for bad in [0, 31, 500] {
            assert_eq!(
                PromptTags::new(tags(bad)),
                Err(FieldError::WrongCount { min: 1, max: 30 })
            );
        }
    }

    #[test]
    fn duplicate_tags_are_dropped() {
        let tag = |raw| TagName::parse(raw).unwrap();
        assert_eq!(
            PromptTags::new(vec![tag("b"), tag("a"), tag("B")])
                .unwrap()
                .names(),
            ["b", "a"]
        );
    }
}
