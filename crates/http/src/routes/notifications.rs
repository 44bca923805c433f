//! `/api/notifications`.

use actix_web::{HttpResponse, get, patch, post, web::Data};
use application::{media_urls::MediaUrls, notifications::NotificationService};
use domain::{NotificationId, page::PageRequest};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::{Always, NeedsCsrf, NeedsSession, OfOne, Pages};
use crate::{
    cursor::Order,
    dto::notifications::{InboxDto, ReadAllDto, ReadDto},
    envelope::{Envelope, ok},
    error::{ApiError, ErrorCode},
    extract::{Fields, FromFields, FromQuery, Id, PageParams},
    session::SignedIn,
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(inbox).service(read).service(read_all);
}

/// Filters of notifications.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct InboxParams {
    /// `true`: only those not read yet.
    #[param(example = false)]
    unread_only: Option<bool>,
}

struct InboxQuery {
    unread_only: bool,
    page: PageRequest,
}

impl FromFields for InboxQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let unread_only = fields.boolean("unread_only").unwrap_or_default();
        Some(Self {
            unread_only,
            page: fields.page(Order::Time)?,
        })
    }
}

/// What the person signed in is told, newest first.
#[utoipa::path(tag = "notifications", operation_id = "list_notifications", security(("session" = [])), params(InboxParams, PageParams), responses(
    (status = 200, body = Envelope<InboxDto>), Always, NeedsSession, Pages))]
#[get("/notifications")]
async fn inbox(
    who: SignedIn,
    query: FromQuery<InboxQuery>,
    service: Data<NotificationService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(InboxQuery { unread_only, page }) = query;
    let inbox = service.inbox(who.user, unread_only, page).await?;
    Ok(ok(InboxDto::of(inbox, &media).await?))
}

/// Marks a notification as read; one that was read stays so.
#[utoipa::path(tag = "notifications", operation_id = "read_notification", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 9)), responses(
    (status = 200, body = Envelope<ReadDto>), Always, NeedsCsrf, OfOne))]
#[patch("/notifications/{id}/read")]
async fn read(
    who: SignedIn,
    id: Id<NotificationId>,
    service: Data<NotificationService>,
) -> Result<HttpResponse, ApiError> {
    if !service.read(id.0, who.user).await? {
        return Err(ApiError::not_found(ErrorCode::NotFound));
    }
    Ok(ok(ReadDto {
        id: id.0.0,
        is_read: true,
    }))
}

/// Marks all notifications as read.
#[utoipa::path(tag = "notifications", operation_id = "read_all_notifications", security(("session" = [], "csrf" = [])), responses(
    (status = 200, body = Envelope<ReadAllDto>), Always, NeedsCsrf))]
#[post("/notifications/read-all")]
async fn read_all(who: SignedIn, service: Data<NotificationService>) -> Result<HttpResponse, ApiError> {
    Ok(ok(ReadAllDto {
        updated_count: service.read_all(who.user).await?,
    }))
}
