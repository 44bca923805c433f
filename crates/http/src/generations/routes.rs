//! `/api/generations`.

use application::generations::{GenerationService, NewGeneration};
use domain::{
    GenerationId,
    generations::{FeedFilter, ImageUpdate, OwnGenerationFilter},
};

use crate::{
    edge::prelude::*,
    generations::{
        requests::{CreateGeneration, FeedQuery, OwnGenerationQuery, UpdateGeneration},
        responses::{FeedImage, Generation, OwnGenerationSummary},
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create)
        .service(mine)
        .service(feed)
        .service(cancel)
        .service(update_image)
        .service(view);
}

/// Create a generation.
///
/// Holds the price and queues the generation in one transaction. The response is a queued generation without `settlement`.
#[utoipa::path(tag = "generations", operation_id = "create_generation", security(("session" = [], "csrf" = [])), request_body = CreateGeneration, responses(
    (status = 201, body = Envelope<Generation>, headers(("Location" = String, description = "Path of the generation"))),
    (status = 402, description = "`INSUFFICIENT_TOKENS`, with `required` and `available` in `details`", body = ErrorBody),
    CommonErrors, CsrfRequired, StyleNotFound, BodyErrors,
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `INVALID_TAG_LANGUAGE`: a tag is not in English; `STYLE_NOT_READY`: the style is not trained yet, or its license has ended", body = ErrorBody)))]
#[post("/generations")]
async fn create(
    caller: SignedIn,
    body: JsonBody<CreateGeneration>,
    service: Data<GenerationService>,
) -> ApiResult {
    let JsonBody(body) = body;
    let generation = NewGeneration {
        user: caller.user,
        style: body.style_id,
        prompt: body.prompt_tags,
        caption: body.description,
        aspect: body.aspect_ratio,
        seed: body.seed,
    };
    let new = service.create(generation).await?;
    let location = format!("/api/generations/{}", new.request.id);
    Ok(created(&location, Generation::from(new)))
}

/// Get a generation.
///
/// A generation of the current account, or one with a public image. The fields depend on `status`.
#[utoipa::path(tag = "generations", operation_id = "get_generation", security((), ("session" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<Generation>), CommonErrors, GenerationNotFound))]
#[get("/generations/{id}")]
async fn view(
    caller: MaybeSignedIn,
    id: Id<GenerationId>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let found = service.queries.view(id.0, caller.user()).await?;
    let found = found.ok_or(ErrorCode::GenerationNotFound)?;
    Ok(ok(Generation::of(found, caller.user(), &media).await?))
}

/// Cancel a generation.
///
/// Only possible while no worker processes it. The held tokens are released.
#[utoipa::path(tag = "generations", operation_id = "cancel_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<Generation>),
    (status = 409, description = "`CONFLICT`: a worker processes it, or it is finished", body = ErrorBody),
    CommonErrors, CsrfRequired, GenerationNotFound))]
#[post("/generations/{id}/cancel")]
async fn cancel(
    caller: SignedIn,
    id: Id<GenerationId>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let canceled = service.cancel(id.0, caller.user).await?;
    Ok(ok(Generation::of(canceled, Some(caller.user), &media).await?))
}

/// Update the caption or visibility of an image.
#[utoipa::path(tag = "generations", operation_id = "update_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), request_body = UpdateGeneration, responses(
    (status = 200, body = Envelope<Generation>),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: the image is not finished", body = ErrorBody),
    CommonErrors, CsrfRequired, OwnerOnlyErrors, GenerationNotFound, BodyErrors))]
#[patch("/generations/{id}")]
async fn update_image(
    caller: SignedIn,
    id: Id<GenerationId>,
    body: JsonBody<UpdateGeneration>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let JsonBody(body) = body;
    let update = ImageUpdate {
        is_public: body.is_public.0,
        caption: body
            .description
            .0
            .map(|caption| caption.filter(|c| !c.as_str().is_empty())),
    };
    let updated = service.update_image(id.0, caller.user, update).await?;
    Ok(ok(Generation::of(updated, Some(caller.user), &media).await?))
}

/// List the generations of the current account.
///
/// Sorted by creation time, newest first.
#[utoipa::path(tag = "generations", operation_id = "list_my_generations", security(("session" = [])), params(OwnGenerationQuery), responses(
    (status = 200, body = Envelope<Listing<OwnGenerationSummary>>), CommonErrors, SessionRequired, PageErrors))]
#[get("/generations/me")]
async fn mine(
    caller: SignedIn,
    query: FromQuery<OwnGenerationQuery>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(OwnGenerationQuery {
        status,
        is_public,
        page,
    }) = query;
    let filter = OwnGenerationFilter {
        statuses: status.0.0,
        is_public: is_public.0.0,
    };
    let found = service.queries.mine(caller.user, filter, page.0).await?;
    Ok(ok(listing(found, async |row| {
        OwnGenerationSummary::of(row, &media).await
    })
    .await?))
}

/// List public images.
#[utoipa::path(tag = "generations", operation_id = "get_feed", security((), ("session" = [])), params(FeedQuery), responses(
    (status = 200, body = Envelope<Listing<FeedImage>>), CommonErrors, PageErrors,
    (status = 422, description = "`VALIDATION_ERROR`: `limit` is not between 1 and 100, or a filter is invalid; `INVALID_TAG_LANGUAGE`: a tag is not in English", body = ErrorBody)))]
#[get("/generations/feed")]
async fn feed(
    caller: MaybeSignedIn,
    query: FromQuery<FeedQuery>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(query) = query;
    let filter = FeedFilter {
        sort: query.sorted.sort,
        tags: query.tags.0.0,
        user: query.user_id,
        style: query.style_id,
    };
    let found = service
        .queries
        .feed(filter, caller.user(), query.sorted.page)
        .await?;
    Ok(ok(
        listing(found, async |row| FeedImage::of(row, &media).await).await?
    ))
}
