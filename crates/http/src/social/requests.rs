//! Bodies and queries of comments.

use domain::{CommentId, social::CommentText};

use crate::{edge::fields::TimePage, request};

request! {
    pub struct CommentQuery {
        /// List the replies to this comment instead, newest first: for those beyond the first 20.
        parent_id: Option<CommentId> = 5,
        page: TimePage,
    }
}

request! {
    /// A comment to be written.
    pub struct CreateComment {
        /// What it says.
        content: CommentText = "The light is wonderful.",
        /// The comment answered; replies have no replies.
        parent_id: Option<CommentId> = 5,
    }
}

request! {
    /// A change to a comment.
    pub struct UpdateComment {
        /// What it says now.
        content: CommentText = "The light is wonderful!",
    }
}
