//! `/api/styles`.

mod change;
mod upload;

use actix_web::{HttpResponse, get, post, web::Data};
use application::{
    media_urls::MediaUrls,
    styles::{StyleService, Viewer},
};
use domain::{
    FieldError, StyleId, UserId,
    page::{PageRequest, Sort},
    styles::{StyleFilter, TagName},
};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::{Always, NeedsCsrf, NeedsSession, OfStyle, Pages};
use crate::{
    cursor::Order,
    dto::{
        listing,
        styles::{OwnStyleDto, RetriedDto, StyleCardDto, StyleDetailDto},
    },
    envelope::{Envelope, ErrorBody, Listing, accepted, ok},
    error::{ApiError, ErrorCode},
    extract::{Fields, FromFields, FromQuery, Id, PageOf, PageParams},
    session::{MaybeSignedIn, SignedIn},
};

/// Most tags a list is filtered by.
pub(super) const MAX_FILTER_TAGS: usize = 10;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list)
        .service(upload::create)
        .service(mine)
        .service(retry_training)
        .service(change::change)
        .service(find);
}

/// Filters of the style list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct StyleParams {
    /// `recent` (default), or `popular`: most used first, then newest.
    #[param(example = "popular")]
    sort: Option<String>,
    /// Tags separated by commas; a style has them all.
    #[param(example = "sea,boat")]
    tags: Option<String>,
    /// Styles of this artist.
    #[param(example = 12)]
    artist_id: Option<i64>,
    /// `completed` (default), or `all`: the reader's own unfinished ones too.
    #[param(example = "completed")]
    training_status: Option<String>,
}

struct StyleQuery {
    filter: StyleFilter,
    with_unfinished: bool,
    page: PageRequest,
}

impl FromFields for StyleQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sort = fields.optional("sort", parse_sort).unwrap_or_default();
        let tags = fields.words("tags", MAX_FILTER_TAGS, TagName::parse);
        let artist = fields.optional_integer("artist_id", |id| Ok(UserId(id)));
        let with_unfinished = fields.optional("training_status", |raw| match raw {
            "completed" => Ok(false),
            "all" => Ok(true),
            _ => Err(FieldError::NotOneOf {
                allowed: "completed, all",
            }),
        });
        let page = fields.page(order_of(sort));
        let filter = StyleFilter {
            sort,
            tags: tags?,
            artist,
            unfinished_of: None,
        };
        Some(Self {
            filter,
            with_unfinished: with_unfinished.unwrap_or_default(),
            page: page?,
        })
    }
}

/// Reads `sort`.
pub(super) fn parse_sort(raw: &str) -> Result<Sort, FieldError> {
    match raw {
        "recent" => Ok(Sort::Recent),
        "popular" => Ok(Sort::Popular),
        _ => Err(FieldError::NotOneOf {
            allowed: "recent, popular",
        }),
    }
}

/// The cursor's order of a sort.
pub(super) fn order_of(sort: Sort) -> Order {
    match sort {
        Sort::Recent => Order::Time,
        Sort::Popular => Order::Count,
    }
}

/// Styles that can be used. While counts change underneath, a style in the `popular` order may move across the cursor.
#[utoipa::path(tag = "styles", operation_id = "list_styles", security((), ("session" = [])), params(StyleParams, PageParams), responses(
    (status = 200, body = Envelope<Listing<StyleCardDto>>), Always, Pages,
    (status = 422, description = "`VALIDATION_ERROR`: `limit` is not 1 to 100, or a filter is not known; `INVALID_TAG_LANGUAGE`: a tag that is not English", body = ErrorBody)))]
#[get("/styles")]
async fn list(
    who: MaybeSignedIn,
    query: FromQuery<StyleQuery>,
    service: Data<StyleService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(StyleQuery {
        mut filter,
        with_unfinished,
        page,
    }) = query;
    filter.unfinished_of = who.user().filter(|_| with_unfinished);
    let found = service.list(filter, page).await?;
    Ok(ok(listing(found, async |row| {
        StyleCardDto::of(row, &media).await
    })
    .await?))
}

/// A style. Unfinished, withdrawn and hidden ones only to their owner and admins, who also see `model_path`,
/// `training_metric` and `error_message`.
#[utoipa::path(tag = "styles", operation_id = "get_style", security((), ("session" = [])), params(("id" = i64, Path, example = 7)), responses(
    (status = 200, body = Envelope<StyleDetailDto>), Always, OfStyle))]
#[get("/styles/{id}")]
async fn find(
    who: MaybeSignedIn,
    id: Id<StyleId>,
    service: Data<StyleService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let viewer = Viewer {
        user: who.user(),
        is_admin: who.is_admin(),
    };
    let found = service.find(id.0, viewer).await?;
    let (style, inside) = found.ok_or_else(|| ApiError::not_found(ErrorCode::StyleNotFound))?;
    Ok(ok(StyleDetailDto::of(style, inside, &media).await?))
}

/// The artist's own styles, newest first.
#[utoipa::path(tag = "styles", operation_id = "list_my_styles", security(("session" = [])), params(PageParams), responses(
    (status = 200, body = Envelope<Listing<OwnStyleDto>>),
    (status = 403, description = "`ARTIST_ONLY`: the account has no artist profile", body = ErrorBody),
    Always, NeedsSession, Pages))]
#[get("/styles/me")]
async fn mine(
    who: SignedIn,
    query: FromQuery<PageOf>,
    service: Data<StyleService>,
) -> Result<HttpResponse, ApiError> {
    who.require_artist()?;
    let FromQuery(PageOf(page)) = query;
    Ok(ok(Listing::of(
        service.mine(who.user, page).await?,
        OwnStyleDto::from,
    )))
}

/// Trains a failed style anew.
#[utoipa::path(tag = "styles", operation_id = "retry_training", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 7)), responses(
    (status = 202, body = Envelope<RetriedDto>),
    Always, NeedsCsrf, OfStyle,
    (status = 403, description = "`CSRF_FAILED`: `X-CSRFToken` missing or wrong, or a foreign origin; `FORBIDDEN`: somebody else's; `STYLE_LIMIT_REACHED`: the artist has as many others as allowed", body = ErrorBody),
    (status = 409, description = "`TRAINING_IN_PROGRESS`: it waits or runs; `CONFLICT`: it is trained", body = ErrorBody)))]
#[post("/styles/{id}/retry-training")]
async fn retry_training(
    who: SignedIn,
    id: Id<StyleId>,
    service: Data<StyleService>,
) -> Result<HttpResponse, ApiError> {
    service.retry_training(id.0, who.user).await?;
    Ok(accepted(RetriedDto {
        id: id.0.0,
        training_status: "pending",
    }))
}
