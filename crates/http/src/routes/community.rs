//! Likes and comments: `/api/generations/{id}/like`, `/api/generations/{id}/comments`, `/api/comments/{id}`.

use actix_web::{HttpResponse, delete, get, patch, post, web::Data};
use application::{media_urls::MediaUrls, social::CommunityService};
use domain::{CommentId, GenerationId, page::PageRequest, social::CommentText};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::{Always, NeedsCsrf, OfComment, OfGeneration, OwnersAlone, Pages, TakesBody};
use crate::{
    cursor::Order,
    dto::{
        community::{CommentChangeBody, CommentDto, LikeDto, NewCommentBody},
        listing,
    },
    envelope::{Envelope, ErrorBody, Listing, created, no_content, ok},
    error::ApiError,
    extract::{Fields, FromFields, FromQuery, Id, JsonBody, PageParams},
    session::{MaybeSignedIn, SignedIn},
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(like)
        .service(unlike)
        .service(comments)
        .service(comment)
        .service(edit)
        .service(remove);
}

/// Likes an image: a public one, or one's own.
#[utoipa::path(tag = "community", operation_id = "like_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<LikeDto>),
    (status = 409, description = "`DUPLICATE_LIKE`: it is liked already; `GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    Always, NeedsCsrf, OfGeneration))]
#[post("/generations/{id}/like")]
async fn like(
    who: SignedIn,
    id: Id<GenerationId>,
    service: Data<CommunityService>,
) -> Result<HttpResponse, ApiError> {
    let like_count = service.like(id.0, who.user).await?;
    Ok(ok(LikeDto {
        liked: true,
        like_count,
    }))
}

/// Takes a like back. One that is not there counts as taken back.
#[utoipa::path(tag = "community", operation_id = "unlike_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 204, description = "Not liked any more"),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    Always, NeedsCsrf, OfGeneration))]
#[delete("/generations/{id}/like")]
async fn unlike(
    who: SignedIn,
    id: Id<GenerationId>,
    service: Data<CommunityService>,
) -> Result<HttpResponse, ApiError> {
    service.unlike(id.0, who.user).await?;
    Ok(no_content())
}

/// Which comments of an image are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct CommentParams {
    /// List the replies to this comment instead, newest first: for those beyond the first 20.
    #[param(example = 5)]
    parent_id: Option<i64>,
}

struct CommentQuery {
    parent: Option<CommentId>,
    page: PageRequest,
}

impl FromFields for CommentQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let parent = fields.optional_integer("parent_id", |id| Ok(CommentId(id)));
        Some(Self {
            parent,
            page: fields.page(Order::Time)?,
        })
    }
}

/// Comments on an image, newest first, each with its first 20 replies, oldest first.
#[utoipa::path(tag = "community", operation_id = "list_comments", security((), ("session" = [])), params(("id" = i64, Path, example = 31), CommentParams, PageParams), responses(
    (status = 200, body = Envelope<Listing<CommentDto>>),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    Always, OfGeneration, Pages))]
#[get("/generations/{id}/comments")]
async fn comments(
    who: MaybeSignedIn,
    id: Id<GenerationId>,
    query: FromQuery<CommentQuery>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(CommentQuery { parent, page }) = query;
    let found = service.comments(id.0, parent, who.user(), page).await?;
    Ok(ok(
        listing(found, async |row| CommentDto::of(row, &media).await).await?
    ))
}

struct Remark {
    content: CommentText,
    parent: Option<CommentId>,
}

impl FromFields for Remark {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let content = fields.required("content", CommentText::parse);
        let parent = fields.optional_integer("parent_id", |id| Ok(CommentId(id)));
        Some(Self {
            content: content?,
            parent,
        })
    }
}

/// Comments on an image, or replies to a comment on it.
#[utoipa::path(tag = "community", operation_id = "create_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), request_body = NewCommentBody, responses(
    (status = 201, body = Envelope<CommentDto>, headers(("Location" = String, description = "Path of the comment"))),
    Always, NeedsCsrf, TakesBody,
    (status = 404, description = "`GENERATION_NOT_FOUND`; `COMMENT_NOT_FOUND`: the comment to answer is not there", body = ErrorBody),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: one's own, not made yet", body = ErrorBody),
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `REPLY_DEPTH_EXCEEDED`: the comment to answer is a reply itself", body = ErrorBody)))]
#[post("/generations/{id}/comments")]
async fn comment(
    who: SignedIn,
    id: Id<GenerationId>,
    body: JsonBody<Remark>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let JsonBody(Remark { content, parent }) = body;
    let written = service.comment(id.0, who.user, parent, content).await?;
    let location = format!("/api/comments/{}", written.id);
    Ok(created(&location, CommentDto::of(written, &media).await?))
}

struct Change(CommentText);

impl FromFields for Change {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("content", CommentText::parse).map(Self)
    }
}

/// Changes what one's own comment says.
#[utoipa::path(tag = "community", operation_id = "update_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 5)), request_body = CommentChangeBody, responses(
    (status = 200, body = Envelope<CommentDto>), Always, NeedsCsrf, OwnersAlone, OfComment, TakesBody))]
#[patch("/comments/{id}")]
async fn edit(
    who: SignedIn,
    id: Id<CommentId>,
    body: JsonBody<Change>,
    service: Data<CommunityService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let JsonBody(Change(content)) = body;
    let written = service.edit(id.0, who.user, content).await?;
    Ok(ok(CommentDto::of(written, &media).await?))
}

/// Removes a comment with its replies: one's own, or anybody's for an admin.
#[utoipa::path(tag = "community", operation_id = "delete_comment", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 5)), responses(
    (status = 204, description = "Removed"), Always, NeedsCsrf, OwnersAlone, OfComment))]
#[delete("/comments/{id}")]
async fn remove(
    who: SignedIn,
    id: Id<CommentId>,
    service: Data<CommunityService>,
) -> Result<HttpResponse, ApiError> {
    service.remove(id.0, who.user, who.is_admin()).await?;
    Ok(no_content())
}
