//! Public images and what people say of them.

use chrono::{DateTime, Utc};

use crate::{CommentId, GenerationId, StyleId, UserId, text};

text::text_type! {
    /// What a comment says.
    CommentText, 1, 1000
}

impl CommentText {
    /// Characters of an excerpt.
    const EXCERPT: usize = 100;

    /// The beginning, for a notification; an ellipsis tells that more follows.
    pub fn excerpt(&self) -> String {
        let text = self.as_str();
        match text.char_indices().nth(Self::EXCERPT) {
            None => text.to_owned(),
            Some((end, _)) => format!("{}…", &text[..end]),
        }
    }
}

/// The public face of a generated image; shares the generation's key. Hidden, not lost, while the image is private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunityPost {
    pub id: GenerationId,
    pub user_id: UserId,
    pub style_id: StyleId,
    /// Likes, exact.
    pub like_count: i64,
    /// Comments and replies, exact.
    pub comment_count: i64,
    /// Whether the feed shows it.
    pub visible: bool,
    /// When it was first made public.
    pub created_at: DateTime<Utc>,
}

/// Somebody likes a post; at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostLike {
    pub post_id: GenerationId,
    pub user_id: UserId,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A comment, or a reply to one. Replies have no replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub id: CommentId,
    /// The post below which it stands.
    pub post_id: GenerationId,
    pub user_id: UserId,
    pub parent_id: Option<CommentId>,
    pub content: CommentText,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_counts_characters_and_not_bytes() {
        let short = CommentText::parse("좋아요").unwrap();
        assert_eq!(short.excerpt(), "좋아요");
        let long = CommentText::parse(&"가".repeat(101)).unwrap();
        assert_eq!(long.excerpt(), format!("{}…", "가".repeat(100)));
    }
}
