//! Bodies of comments.

use utoipa::ToSchema;

/// Body of a new comment.
#[derive(Debug, ToSchema)]
#[schema(as = NewComment)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct NewCommentBody {
    /// 1 to 1000 characters.
    #[schema(example = "The light is wonderful.")]
    pub content: String,
    /// The comment answered; replies have no replies.
    #[schema(example = 5)]
    pub parent_id: Option<i64>,
}

/// Body of a changed comment.
#[derive(Debug, ToSchema)]
#[schema(as = CommentChange)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct CommentChangeBody {
    /// 1 to 1000 characters.
    #[schema(example = "The light is wonderful!")]
    pub content: String,
}
