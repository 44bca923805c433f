//! `PATCH /api/styles/{id}`.

use application::styles::StyleService;
use domain::StyleId;

use crate::{
    edge::prelude::*,
    styles::{requests::UpdateStyle, responses::StyleDetail},
};

/// Update a style.
///
/// Only allowed to the artist of a trained style. The name cannot be changed. A new price applies to new generations.
#[utoipa::path(tag = "styles", operation_id = "update_style", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 7)), request_body = UpdateStyle, responses(
    (status = 200, body = Envelope<StyleDetail>), CommonErrors, CsrfRequired, OwnerOnlyErrors, StyleNotFound, BodyErrors,
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `STYLE_NOT_READY`: the style is not trained yet", body = ErrorBody)))]
#[patch("/styles/{id}")]
pub(super) async fn update(
    caller: SignedIn,
    id: Id<StyleId>,
    body: JsonBody<UpdateStyle>,
    service: Data<StyleService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let JsonBody(body) = body;
    let updated = service.change(id.0, caller.user, body.into()).await?;
    Ok(ok(StyleDetail::of(updated, true, &media).await?))
}
