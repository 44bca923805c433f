//! Likes and comments: `/api/generations/{id}/like`, `/api/generations/{id}/comments`, `/api/comments/{id}`.

use application::social::CommunityService;
use domain::{CommentId, GenerationId};

use crate::{
    edge::prelude::*,
    social::{
        requests::{CommentQuery, CreateComment, UpdateComment},
        responses::{Comment, Like},
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(like)
        .service(unlike)
        .service(comments)
        .service(comment)
        .service(edit)
        .service(remove);
}

/// Like an image.
///
/// A public image or one of the current account.
#[utoipa::path(tag = "community", operation_id = "like_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<Like>),
    (status = 409, description = "`DUPLICATE_LIKE`: it is liked already; `GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    CommonErrors, CsrfRequired, GenerationNotFound))]
#[post("/generations/{id}/like")]
async fn like(who: SignedIn, id: Id<GenerationId>, service: Data<CommunityService>) -> ApiResult {
    let like_count = service.like(id.0, who.user).await?;
    Ok(ok(Like {
        liked: true,
        like_count,
    }))
}

/// Remove a like.
///
/// Succeeds as well when there is no like.
#[utoipa::path(tag = "community", operation_id = "unlike_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 204, description = "Not liked any more"),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    CommonErrors, CsrfRequired, GenerationNotFound))]
#[delete("/generations/{id}/like")]
async fn unlike(who: SignedIn, id: Id<GenerationId>, service: Data<CommunityService>) -> ApiResult {
    service.unlike(id.0, who.user).await?;
    Ok(no_content())
}

/// List the comments on an image.
///
/// Newest first, each with its first 20 replies, oldest first.
#[utoipa::path(tag = "community", operation_id = "list_comments", security((), ("session" = [])), params(("id" = i64, Path, example = 31), CommentQuery), responses(
    (status = 200, body = Envelope<Listing<Comment>>),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    CommonErrors, GenerationNotFound, PageErrors))]
#[get("/generations/{id}/comments")]
async fn comments(
    who: MaybeSignedIn,
    id: Id<GenerationId>,
    query: FromQuery<CommentQuery>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(CommentQuery { parent_id, page }) = query;
    let found = service.comments(id.0, parent_id, who.user(), page.0).await?;
    Ok(ok(
        listing(found, async |row| Comment::of(row, &media).await).await?
    ))
}

/// Comment on an image, or reply to a comment on it.
#[utoipa::path(tag = "community", operation_id = "create_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), request_body = CreateComment, responses(
    (status = 201, body = Envelope<Comment>, headers(("Location" = String, description = "Path of the comment"))),
    CommonErrors, CsrfRequired, BodyErrors,
    (status = 404, description = "`GENERATION_NOT_FOUND`; `COMMENT_NOT_FOUND`: the comment to answer is not there", body = ErrorBody),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `REPLY_DEPTH_EXCEEDED`: the comment to answer is a reply itself", body = ErrorBody)))]
#[post("/generations/{id}/comments")]
async fn comment(
    who: SignedIn,
    id: Id<GenerationId>,
    body: JsonBody<CreateComment>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let JsonBody(CreateComment { content, parent_id }) = body;
    let written = service.comment(id.0, who.user, parent_id, content).await?;
    let location = format!("/api/comments/{}", written.id);
    Ok(created(&location, Comment::of(written, &media).await?))
}

/// Update a comment.
///
/// Allowed to the author.
#[utoipa::path(tag = "community", operation_id = "update_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 5)), request_body = UpdateComment, responses(
    (status = 200, body = Envelope<Comment>), CommonErrors, CsrfRequired, OwnerOnlyErrors, CommentNotFound, BodyErrors))]
#[patch("/comments/{id}")]
async fn edit(
    who: SignedIn,
    id: Id<CommentId>,
    body: JsonBody<UpdateComment>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let JsonBody(UpdateComment { content }) = body;
    let written = service.edit(id.0, who.user, content).await?;
    Ok(ok(Comment::of(written, &media).await?))
}

/// Delete a comment and its replies.
///
/// Allowed to the author and to administrators.
#[utoipa::path(tag = "community", operation_id = "delete_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 5)), responses(
    (status = 204, description = "Removed"), CommonErrors, CsrfRequired, OwnerOnlyErrors, CommentNotFound))]
#[delete("/comments/{id}")]
async fn remove(who: SignedIn, id: Id<CommentId>, service: Data<CommunityService>) -> ApiResult {
    service.remove(id.0, who.user, who.is_admin()).await?;
    Ok(no_content())
}
