//! `/api/generations`.

use actix_web::{HttpResponse, get, patch, post, web::Data};
use application::{
    generations::{GenerationService, NewGeneration},
    media_urls::MediaUrls,
};
use domain::{
    FieldError, GenerationId, StyleId, UserId,
    generations::{
        AspectRatio, Caption, FeedFilter, GenerationStatus, ImageUpdate, OwnGenerationFilter, PromptTags,
        Seed,
    },
    page::PageRequest,
    styles::TagName,
};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    documented::{Always, NeedsCsrf, NeedsSession, OfGeneration, OfStyle, OwnersAlone, Pages, TakesBody},
    styles::{MAX_FILTER_TAGS, order_of, parse_sort},
};
use crate::{
    cursor::Order,
    dto::{
        generations::{
            CreatedGenerationDto, FeedItemDto, GenerationChangeBody, GenerationDto, NewGenerationBody,
            OwnGenerationDto,
        },
        listing,
    },
    envelope::{Envelope, ErrorBody, Listing, created, ok},
    error::{ApiError, ErrorCode},
    extract::{Fields, FromFields, FromQuery, Id, JsonBody, PageParams},
    session::{MaybeSignedIn, SignedIn},
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create)
        .service(mine)
        .service(feed)
        .service(cancel)
        .service(update_image)
        .service(view);
}

struct Wanted {
    style: StyleId,
    prompt: PromptTags,
    caption: Option<Caption>,
    aspect: AspectRatio,
    seed: Option<Seed>,
}

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let style = fields.required_integer("style_id", |id| Ok(StyleId(id)));
        let tags = fields.required_list("prompt_tags", 1..=PromptTags::MAX, TagName::parse);
        let caption = fields.optional("description", Caption::parse);
        let aspect = fields.required("aspect_ratio", AspectRatio::parse);
        let seed = fields.optional_integer("seed", Seed::new);
        let prompt = tags.and_then(|tags| PromptTags::new(tags).ok());
        Some(Self {
            style: style?,
            prompt: prompt?,
            caption,
            aspect: aspect?,
            seed,
        })
    }
}

/// Asks for an image: holds its price and queues it, at once or not at all.
#[utoipa::path(tag = "generations", operation_id = "create_generation", security(("session" = [], "csrf" = [])), request_body = NewGenerationBody, responses(
    (status = 201, body = Envelope<CreatedGenerationDto>, headers(("Location" = String, description = "Path of the request"))),
    (status = 402, description = "`INSUFFICIENT_TOKENS`, with `required` and `available` in `details`", body = ErrorBody),
    Always, NeedsCsrf, OfStyle, TakesBody,
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `INVALID_TAG_LANGUAGE`: a tag that is not English; `STYLE_NOT_READY`: it is not trained yet, or its use has ended", body = ErrorBody)))]
#[post("/generations")]
async fn create(
    who: SignedIn,
    body: JsonBody<Wanted>,
    service: Data<GenerationService>,
) -> Result<HttpResponse, ApiError> {
    let JsonBody(Wanted {
        style,
        prompt,
        caption,
        aspect,
        seed,
    }) = body;
    let wanted = NewGeneration {
        user: who.user,
        style,
        prompt,
        caption,
        aspect,
        seed,
    };
    let request = service.create(wanted).await?;
    let location = format!("/api/generations/{}", request.id);
    Ok(created(&location, CreatedGenerationDto::from(request)))
}

/// A request: one's own, or anybody's public image. Which fields it has follows from its state.
#[utoipa::path(tag = "generations", operation_id = "get_generation", security((), ("session" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<GenerationDto>), Always, OfGeneration))]
#[get("/generations/{id}")]
async fn view(
    who: MaybeSignedIn,
    id: Id<GenerationId>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let found = service.view(id.0, who.user()).await?;
    let found = found.ok_or_else(|| ApiError::not_found(ErrorCode::GenerationNotFound))?;
    Ok(ok(GenerationDto::of(found, who.user(), &media).await?))
}

/// Withdraws a request that no worker is at; its tokens go back.
#[utoipa::path(tag = "generations", operation_id = "cancel_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), responses(
    (status = 200, body = Envelope<GenerationDto>),
    (status = 409, description = "`CONFLICT`: a worker is at it, or it is over", body = ErrorBody),
    Always, NeedsCsrf, OfGeneration))]
#[post("/generations/{id}/cancel")]
async fn cancel(
    who: SignedIn,
    id: Id<GenerationId>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let canceled = service.cancel(id.0, who.user).await?;
    Ok(ok(GenerationDto::of(canceled, Some(who.user), &media).await?))
}

struct Change(ImageUpdate);

impl FromFields for Change {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.refuse_null("is_public");
        let removes_caption = fields.is_null("description");
        let caption = fields
            .optional("description", Caption::parse)
            .map(|c| Some(c).filter(|c| !c.as_str().is_empty()));
        let is_public = fields.boolean("is_public");
        Some(Self(ImageUpdate {
            is_public,
            caption: caption.or(removes_caption.then_some(None)),
        }))
    }
}

/// Changes an image's caption, shows it to everybody or to nobody else.
#[utoipa::path(tag = "generations", operation_id = "update_generation", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 31)), request_body = GenerationChangeBody, responses(
    (status = 200, body = Envelope<GenerationDto>),
    (status = 409, description = "`GENERATION_STILL_PROCESSING`: there is no image", body = ErrorBody),
    Always, NeedsCsrf, OwnersAlone, OfGeneration, TakesBody))]
#[patch("/generations/{id}")]
async fn update_image(
    who: SignedIn,
    id: Id<GenerationId>,
    body: JsonBody<Change>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let JsonBody(Change(change)) = body;
    let changed = service.update_image(id.0, who.user, change).await?;
    Ok(ok(GenerationDto::of(changed, Some(who.user), &media).await?))
}

/// Filters of one's own requests.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct OwnParams {
    /// `all` (default), `queued`, `processing` (being retried included), `completed` or `failed` (canceled included).
    #[param(example = "completed")]
    status: Option<String>,
    /// `all` (default), `true` or `false`.
    #[param(example = "all")]
    is_public: Option<String>,
}

struct OwnQuery {
    filter: OwnGenerationFilter,
    page: PageRequest,
}

impl FromFields for OwnQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        use GenerationStatus as S;
        let statuses = fields.optional("status", |raw| match raw {
            "all" => Ok(vec![]),
            "queued" => Ok(vec![S::Queued]),
            "processing" => Ok(vec![S::Processing, S::Retrying]),
            "completed" => Ok(vec![S::Completed]),
            "failed" => Ok(vec![S::Failed, S::Canceled]),
            _ => Err(FieldError::NotOneOf {
                allowed: "all, queued, processing, completed, failed",
            }),
        });
        let is_public = fields.optional("is_public", |raw| match raw {
            "all" => Ok(None),
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(FieldError::NotOneOf {
                allowed: "all, true, false",
            }),
        });
        let page = fields.page(Order::Time);
        let filter = OwnGenerationFilter {
            statuses: statuses.unwrap_or_default(),
            is_public: is_public.unwrap_or_default(),
        };
        Some(Self { filter, page: page? })
    }
}

/// The person's own requests, newest first.
#[utoipa::path(tag = "generations", operation_id = "list_my_generations", security(("session" = [])), params(OwnParams, PageParams), responses(
    (status = 200, body = Envelope<Listing<OwnGenerationDto>>), Always, NeedsSession, Pages))]
#[get("/generations/me")]
async fn mine(
    who: SignedIn,
    query: FromQuery<OwnQuery>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(OwnQuery { filter, page }) = query;
    let found = service.mine(who.user, filter, page).await?;
    Ok(ok(listing(found, async |row| {
        OwnGenerationDto::of(row, &media).await
    })
    .await?))
}

/// Filters of the feed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct FeedParams {
    /// `recent` (default), or `popular`: most liked first, then newest.
    #[param(example = "recent")]
    sort: Option<String>,
    /// Tags separated by commas; an image has them all.
    #[param(example = "lighthouse")]
    tags: Option<String>,
    /// Images of this person.
    #[param(example = 12)]
    user_id: Option<i64>,
    /// Images in this style.
    #[param(example = 7)]
    style_id: Option<i64>,
}

struct FeedQuery {
    filter: FeedFilter,
    page: PageRequest,
}

impl FromFields for FeedQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sort = fields.optional("sort", parse_sort).unwrap_or_default();
        let tags = fields.words("tags", MAX_FILTER_TAGS, TagName::parse);
        let user = fields.optional_integer("user_id", |id| Ok(UserId(id)));
        let style = fields.optional_integer("style_id", |id| Ok(StyleId(id)));
        let page = fields.page(order_of(sort));
        Some(Self {
            filter: FeedFilter {
                sort,
                tags: tags?,
                user,
                style,
            },
            page: page?,
        })
    }
}

/// Public images.
#[utoipa::path(tag = "generations", operation_id = "get_feed", security((), ("session" = [])), params(FeedParams, PageParams), responses(
    (status = 200, body = Envelope<Listing<FeedItemDto>>), Always, Pages,
    (status = 422, description = "`VALIDATION_ERROR`: `limit` is not 1 to 100, or a filter is not known; `INVALID_TAG_LANGUAGE`: a tag that is not English", body = ErrorBody)))]
#[get("/generations/feed")]
async fn feed(
    who: MaybeSignedIn,
    query: FromQuery<FeedQuery>,
    service: Data<GenerationService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(FeedQuery { filter, page }) = query;
    let found = service.feed(filter, who.user(), page).await?;
    Ok(ok(
        listing(found, async |row| FeedItemDto::of(row, &media).await).await?
    ))
}
