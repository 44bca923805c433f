//! Generations: one image asked for, paid for, and made or refunded.

use chrono::{DateTime, Utc};

use crate::generations::{AspectRatio, GenerationStatus, Seed};
use crate::{
    ArtistId, FieldError, GenerationId, ObjectAddress, StyleId, TaskId, Tokens, UserId, styles::TagName, text,
};

text::text_type! {
    /// What the person who asked says about the image.
    Caption, 0, 1000
}

/// What the image shall show: 1 to 30 tags, in the order given, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptTags(Vec<TagName>);

impl PromptTags {
    /// Most tags of a prompt.
    pub const MAX: usize = 30;

    /// Takes 1 to 30 tags and drops repeats.
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

    /// The tags.
    pub fn as_slice(&self) -> &[TagName] {
        &self.0
    }

    /// The tags as text.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|tag| tag.as_str().to_owned()).collect()
    }
}

/// A request for an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationRequest {
    pub id: GenerationId,
    pub user_id: UserId,
    pub style_id: StyleId,
    pub artist_id: ArtistId,
    pub status: GenerationStatus,
    pub price: Tokens,
    /// Number of the current attempt, from 1.
    pub attempt: u16,
    pub task_id: TaskId,
    pub prompt: PromptTags,
    pub aspect: AspectRatio,
    pub seed: Seed,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// The image a completed request led to; a request has at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedImage {
    pub id: GenerationId,
    pub object: ObjectAddress,
    /// Whether anybody may see it.
    pub is_public: bool,
    /// When it was delivered.
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_has_one_to_thirty_tags() {
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
    fn a_repeated_tag_counts_once() {
        let tag = |raw| TagName::parse(raw).unwrap();
        assert_eq!(
            PromptTags::new(vec![tag("b"), tag("a"), tag("B")])
                .unwrap()
                .names(),
            ["b", "a"]
        );
    }
}
