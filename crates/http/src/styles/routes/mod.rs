//! `/api/styles`.

mod update;
mod upload;

use application::styles::{StyleService, Viewer};
use domain::{StyleId, styles::StyleFilter};

use crate::{
    edge::prelude::*,
    styles::{
        requests::StyleQuery,
        responses::{OwnStyleSummary, RetriedTraining, StyleDetail, StyleSummary},
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list)
        .service(upload::create)
        .service(mine)
        .service(retry_training)
        .service(update::update)
        .service(find);
}

/// List styles.
///
/// Completed styles that can be used. If usage counts change between two pages, a style may be missing or repeated in the
/// `popular` order.
#[utoipa::path(tag = "styles", operation_id = "list_styles", security((), ("session" = [])), params(StyleQuery), responses(
    (status = 200, body = Envelope<Listing<StyleSummary>>), CommonErrors, PageErrors,
    (status = 422, description = "`VALIDATION_ERROR`: `limit` is not between 1 and 100, or a filter is invalid; `INVALID_TAG_LANGUAGE`: a tag is not in English", body = ErrorBody)))]
#[get("/styles")]
async fn list(
    caller: MaybeSignedIn,
    query: FromQuery<StyleQuery>,
    service: Data<StyleService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(query) = query;
    let include_unfinished = query.training_status.0.include_unfinished;
    let filter = StyleFilter {
        sort: query.sorted.sort,
        tags: query.tags.0.0,
        artist: query.artist_id,
        unfinished_of: caller.user().filter(|_| include_unfinished),
    };
    let found = service.queries.list(filter, query.sorted.page).await?;
    Ok(ok(listing(found, async |row| {
        StyleSummary::of(row, &media).await
    })
    .await?))
}

/// Get a style.
///
/// Unfinished, withdrawn and flagged styles are only visible to their artist and to administrators, who also receive
/// `model_path`, `training_metric` and `error_message`.
#[utoipa::path(tag = "styles", operation_id = "get_style", security((), ("session" = [])), params(("id" = i64, Path, example = 7)), responses(
    (status = 200, body = Envelope<StyleDetail>), CommonErrors, StyleNotFound))]
#[get("/styles/{id}")]
async fn find(
    caller: MaybeSignedIn,
    id: Id<StyleId>,
    service: Data<StyleService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let viewer = Viewer {
        user: caller.user(),
        is_admin: caller.is_admin(),
    };
    let found = service.find(id.0, viewer).await?;
    let (style, is_internal) = found.ok_or(ErrorCode::StyleNotFound)?;
    Ok(ok(StyleDetail::of(style, is_internal, &media).await?))
}

/// List the styles of the current artist.
///
/// Sorted by creation time, newest first.
#[utoipa::path(tag = "styles", operation_id = "list_my_styles", security(("session" = [])), params(PageQuery), responses(
    (status = 200, body = Envelope<Listing<OwnStyleSummary>>),
    (status = 403, description = "`ARTIST_ONLY`: the account has no artist profile", body = ErrorBody),
    CommonErrors, SessionRequired, PageErrors))]
#[get("/styles/me")]
async fn mine(caller: SignedIn, query: FromQuery<PageQuery>, service: Data<StyleService>) -> ApiResult {
    caller.require_artist()?;
    let FromQuery(PageQuery { page }) = query;
    Ok(ok(Listing::of(
        service.queries.mine(caller.user, page.0).await?,
        OwnStyleSummary::from,
    )))
}

/// Retry the training of a failed style.
#[utoipa::path(tag = "styles", operation_id = "retry_training", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 7)), responses(
    (status = 202, body = Envelope<RetriedTraining>),
    CommonErrors, CsrfRequired, StyleNotFound,
    (status = 403, description = "`CSRF_FAILED`: `X-CSRFToken` is missing or wrong, or the origin is not allowed; `FORBIDDEN`: not the owner; `STYLE_LIMIT_REACHED`: the artist has the maximum number of styles", body = ErrorBody),
    (status = 409, description = "`TRAINING_IN_PROGRESS`: the training is pending or in progress; `CONFLICT`: the style is trained", body = ErrorBody)))]
#[post("/styles/{id}/retry-training")]
async fn retry_training(caller: SignedIn, id: Id<StyleId>, service: Data<StyleService>) -> ApiResult {
    service.retry_training(id.0, caller.user).await?;
    Ok(accepted(RetriedTraining {
        id: id.0.0,
        training_status: domain::styles::TrainingStatus::Pending.into(),
    }))
}
