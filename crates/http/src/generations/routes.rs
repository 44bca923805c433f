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
/// Holds its price and queues it: both or neither. The response is a queued generation without its settlement.
#[utoipa::path(tag = "generations", operation_id = "create_generation", security(("session" = [], "csrf" = [])), request_body = CreateGeneration, responses(
    (status = 201, body = Envelope<Generation>, headers(("Location" = String, description = "Path of the generation"))),
    (status = 402, description = "`INSUFFICIENT_TOKENS`, with `required` and `available` in `details`", body = ErrorBody),
    CommonErrors, CsrfRequired, StyleNotFound, BodyErrors,
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `INVALID_TAG_LANGUAGE`: a tag that is not English; `STYLE_NOT_READY`: it is not trained yet, or its use has ended", body = ErrorBody)))]
#[post("/generations")]
async fn create(
    who: SignedIn,
    body: JsonBody<CreateGeneration>,
    service: Data<GenerationService>,
) -> ApiResult {
    let JsonBody(body) = body;
    let wanted = NewGeneration {
        user: who.user,
        style: body.style_id,
        prompt: body.prompt_tags,
        caption: body.description,
        aspect: body.aspect_ratio,
        seed: body.seed,
    };
    let request = service.create(wanted).await?;
    let location = format!("/api/generations/{}", request.id);
    Ok(created(&location, Generation::from(request)))
}

/// Get a generation.
///
/// One of the current account, or a public image. Its fields depend on its state.
#[utoipa::path(tag = "generations", operation_id = "get_generation", security((), ("session" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<Generation>), CommonErrors, GenerationNotFound))]
#[get("/generations/{id}")]
async fn view(
    who: MaybeSignedIn,
    id: Id<GenerationId>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let found = service.view(id.0, who.user()).await?;
    let found = found.ok_or(ErrorCode::GenerationNotFound)?;
    Ok(ok(Generation::of(found, who.user(), &media).await?))
}

/// Cancel a generation.
///
/// Only while no worker processes it. Its tokens are released.
#[utoipa::path(tag = "generations", operation_id = "cancel_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<Generation>),
    (status = 409, description = "`CONFLICT`: a worker is at it, or it is over", body = ErrorBody),
    CommonErrors, CsrfRequired, GenerationNotFound))]
#[post("/generations/{id}/cancel")]
async fn cancel(
    who: SignedIn,
    id: Id<GenerationId>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let canceled = service.cancel(id.0, who.user).await?;
    Ok(ok(Generation::of(canceled, Some(who.user), &media).await?))
}

/// Update the caption or the visibility of an image.
#[utoipa::path(tag = "generations", operation_id = "update_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), request_body = UpdateGeneration, responses(
    (status = 200, body = Envelope<Generation>),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: there is no image", body = ErrorBody),
    CommonErrors, CsrfRequired, OwnerOnlyErrors, GenerationNotFound, BodyErrors))]
#[patch("/generations/{id}")]
async fn update_image(
    who: SignedIn,
    id: Id<GenerationId>,
    body: JsonBody<UpdateGeneration>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let JsonBody(body) = body;
    let change = ImageUpdate {
        is_public: body.is_public.0,
        caption: body
            .description
            .0
            .map(|caption| caption.filter(|c| !c.as_str().is_empty())),
    };
    let changed = service.update_image(id.0, who.user, change).await?;
    Ok(ok(Generation::of(changed, Some(who.user), &media).await?))
}

/// List the generations of the current account.
///
/// Newest first.
#[utoipa::path(tag = "generations", operation_id = "list_my_generations", security(("session" = [])), params(OwnGenerationQuery), responses(
    (status = 200, body = Envelope<Listing<OwnGenerationSummary>>), CommonErrors, SessionRequired, PageErrors))]
#[get("/generations/me")]
async fn mine(
    who: SignedIn,
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
    let found = service.mine(who.user, filter, page.0).await?;
    Ok(ok(listing(found, async |row| {
        OwnGenerationSummary::of(row, &media).await
    })
    .await?))
}

/// List public images.
#[utoipa::path(tag = "generations", operation_id = "get_feed", security((), ("session" = [])), params(FeedQuery), responses(
    (status = 200, body = Envelope<Listing<FeedImage>>), CommonErrors, PageErrors,
    (status = 422, description = "`VALIDATION_ERROR`: `limit` is not 1 to 100, or a filter is not known; `INVALID_TAG_LANGUAGE`: a tag that is not English", body = ErrorBody)))]
#[get("/generations/feed")]
async fn feed(
    who: MaybeSignedIn,
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
    let found = service.feed(filter, who.user(), query.sorted.page).await?;
    Ok(ok(
        listing(found, async |row| FeedImage::of(row, &media).await).await?
    ))
}
