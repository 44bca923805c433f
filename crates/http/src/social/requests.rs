//! Request types of comments.

use domain::{CommentId, social::CommentText};

use crate::{edge::fields::TimePage, request};

request! {
    pub struct CommentQuery {
        /// Lists the replies to this comment instead, newest first. A comment itself contains only its first 20 replies.
        parent_id: Option<CommentId> = 5,
        page: TimePage,
    }
}

request! {
    /// A new comment.
    pub struct CreateComment {
        /// Text of the comment.
        content: CommentText = "The light is wonderful.",
        /// The comment to reply to. It must not be a reply itself.
        parent_id: Option<CommentId> = 5,
    }
}

request! {
    /// An update of a comment.
    pub struct UpdateComment {
        /// New text of the comment.
        content: CommentText = "The light is wonderful!",
    }
}
