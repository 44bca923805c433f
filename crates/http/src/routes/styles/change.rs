//! `PATCH /api/styles/{id}`.

use actix_web::{HttpResponse, patch, web::Data};
use application::{media_urls::MediaUrls, styles::StyleService};
use chrono::{DateTime, Utc};
use domain::{
    FieldError, StyleId,
    styles::{GenerationPrice, LicenseKind, StyleDescription, StyleUpdate},
};

use crate::{
    dto::styles::{StyleChangeBody, StyleDetailDto},
    envelope::{Envelope, ErrorBody, ok},
    error::ApiError,
    extract::{Fields, FromFields, Id, JsonBody},
    routes::documented::{Always, NeedsCsrf, OfStyle, OwnersAlone, TakesBody},
    session::SignedIn,
};

pub(super) struct Change(StyleUpdate);

impl FromFields for Change {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        for kept in [
            "description",
            "generation_cost_tokens",
            "is_active",
            "license_type",
        ] {
            fields.refuse_null(kept);
        }
        let no_end = fields.is_null("valid_to");
        let description = fields.optional("description", StyleDescription::parse);
        let price = fields.optional_integer("generation_cost_tokens", GenerationPrice::new);
        let is_active = fields.boolean("is_active");
        let license = fields.optional("license_type", LicenseKind::parse);
        let valid_to = fields.optional("valid_to", time);
        Some(Self(StyleUpdate {
            description,
            price,
            is_active,
            license,
            valid_to: if no_end { Some(None) } else { valid_to.map(Some) },
        }))
    }
}

/// A time in a year that the database keeps.
fn time(raw: &str) -> Result<DateTime<Utc>, FieldError> {
    use chrono::Datelike;
    let time = DateTime::parse_from_rfc3339(raw).map_err(|_| FieldError::Malformed)?;
    let time = time.with_timezone(&Utc);
    if time.year() > 9999 {
        return Err(FieldError::Malformed);
    }
    Ok(time)
}

/// Changes one's own trained style. Its name is fixed; a new price counts for requests made from now on.
#[utoipa::path(tag = "styles", operation_id = "update_style", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 7)), request_body = StyleChangeBody, responses(
    (status = 200, body = Envelope<StyleDetailDto>), Always, NeedsCsrf, OwnersAlone, OfStyle, TakesBody,
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; `STYLE_NOT_READY`: it is not trained yet", body = ErrorBody)))]
#[patch("/styles/{id}")]
pub(super) async fn change(
    who: SignedIn,
    id: Id<StyleId>,
    body: JsonBody<Change>,
    service: Data<StyleService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let JsonBody(Change(change)) = body;
    let changed = service.change(id.0, who.user, change).await?;
    Ok(ok(StyleDetailDto::of(changed, true, &media).await?))
}
