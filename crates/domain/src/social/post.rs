//! Posts, likes and comments.

use chrono::{DateTime, Utc};

use crate::{CommentId, GenerationId, StyleId, UserId, text};

text::text_type! {
    /// Text of a comment.
    CommentText, 1, 1000
}

impl CommentText {
    const EXCERPT_CHARS: usize = 100;

    /// The beginning of the text for a notification, with an ellipsis when it is cut.
    pub fn excerpt(&self) -> String {
        let text = self.as_str();
        match text.char_indices().nth(Self::EXCERPT_CHARS) {
            None => text.to_owned(),
            Some((end, _)) => format!("{}…", &text[..end]),
        }
    }
}

/// The post of a public image. Its id is the id of the generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunityPost {
    pub id: GenerationId,
    pub user_id: UserId,
    pub style_id: StyleId,
    pub like_count: i64,
    /// Comments and replies.
    pub comment_count: i64,
    /// When it was first made public.
    pub created_at: DateTime<Utc>,
}

/// A like. A user likes a post at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostLike {
    pub post_id: GenerationId,
    pub user_id: UserId,
    pub created_at: DateTime<Utc>,
}

/// A comment, or a reply to one. Replies have no replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub id: CommentId,
    pub post_id: GenerationId,
    pub user_id: UserId,
    pub parent_id: Option<CommentId>,
    pub content: CommentText,
    pub created_at: DateTime<Utc>,
    /// Last edit.
    pub updated_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_counts_characters_not_bytes() {
        let short = CommentText::parse("좋아요").unwrap();
        assert_eq!(short.excerpt(), "좋아요");
        let long = CommentText::parse(&"가".repeat(101)).unwrap();
        assert_eq!(long.excerpt(), format!("{}…", "가".repeat(100)));
    }
}
