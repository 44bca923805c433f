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
/// The image must be public or belong to the current account.
#[utoipa::path(tag = "community", operation_id = "like_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<Like>),
    (status = 409, description = "`DUPLICATE_LIKE`: the current account has already liked it; `GENERATION_STILL_PROCESSING`: the image of the current account is not finished", body = ErrorBody),
    CommonErrors, CsrfRequired, GenerationNotFound))]
#[post("/generations/{id}/like")]
async fn like(caller: SignedIn, id: Id<GenerationId>, service: Data<CommunityService>) -> ApiResult {
    let like_count = service.like(id.0, caller.user).await?;
    Ok(ok(Like {
        liked: true,
        like_count,
    }))
}

/// Remove a like.
///
/// Idempotent.
#[utoipa::path(tag = "community", operation_id = "unlike_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 204, description = "The like is removed"),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: the image of the current account is not finished", body = ErrorBody),
    CommonErrors, CsrfRequired, GenerationNotFound))]
#[delete("/generations/{id}/like")]
async fn unlike(caller: SignedIn, id: Id<GenerationId>, service: Data<CommunityService>) -> ApiResult {
    service.unlike(id.0, caller.user).await?;
    Ok(no_content())
}

/// List the comments on an image.
///
/// Sorted by time, newest first. Each comment contains its first 20 replies, oldest first.
#[utoipa::path(tag = "community", operation_id = "list_comments", security((), ("session" = [])), params(("id" = i64, Path, example = 31), CommentQuery), responses(
    (status = 200, body = Envelope<Listing<Comment>>),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: the image of the current account is not finished", body = ErrorBody),
    CommonErrors, GenerationNotFound, PageErrors))]
#[get("/generations/{id}/comments")]
async fn comments(
    caller: MaybeSignedIn,
    id: Id<GenerationId>,
    query: FromQuery<CommentQuery>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(CommentQuery { parent_id, page }) = query;
    let found = service.comments(id.0, parent_id, caller.user(), page.0).await?;
    Ok(ok(
        listing(found, async |row| Comment::of(row, &media).await).await?
    ))
}

/// Comment on an image, or reply to a comment on it.
#[utoipa::path(tag = "community", operation_id = "create_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), request_body = CreateComment, responses(
    (status = 201, body = Envelope<Comment>, headers(("Location" = String, description = "Path of the comment"))),
    CommonErrors, CsrfRequired, BodyErrors,
    (status = 404, description = "`GENERATION_NOT_FOUND`; `COMMENT_NOT_FOUND`: `parent_id` does not exist", body = ErrorBody),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: the image of the current account is not finished", body = ErrorBody),
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `REPLY_DEPTH_EXCEEDED`: `parent_id` is a reply", body = ErrorBody)))]
#[post("/generations/{id}/comments")]
async fn comment(
    caller: SignedIn,
    id: Id<GenerationId>,
    body: JsonBody<CreateComment>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let JsonBody(CreateComment { content, parent_id }) = body;
    let written = service.comment(id.0, caller.user, parent_id, content).await?;
    let location = format!("/api/comments/{}", written.comment.id);
    Ok(created(&location, Comment::of(written, &media).await?))
}

/// Update a comment.
///
/// Only allowed to the author.
#[utoipa::path(tag = "community", operation_id = "update_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 5)), request_body = UpdateComment, responses(
    (status = 200, body = Envelope<Comment>), CommonErrors, CsrfRequired, OwnerOnlyErrors, CommentNotFound, BodyErrors))]
#[patch("/comments/{id}")]
async fn edit(
    caller: SignedIn,
    id: Id<CommentId>,
    body: JsonBody<UpdateComment>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let JsonBody(UpdateComment { content }) = body;
    let written = service.edit(id.0, caller.user, content).await?;
    Ok(ok(Comment::of(written, &media).await?))
}

/// Delete a comment and its replies.
///
/// Only allowed to the author and to administrators.
#[utoipa::path(tag = "community", operation_id = "delete_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 5)), responses(
    (status = 204, description = "The comment is deleted"), CommonErrors, CsrfRequired, OwnerOnlyErrors, CommentNotFound))]
#[delete("/comments/{id}")]
async fn remove(caller: SignedIn, id: Id<CommentId>, service: Data<CommunityService>) -> ApiResult {
    service.remove(id.0, caller.user, caller.is_admin()).await?;
    Ok(no_content())
}
