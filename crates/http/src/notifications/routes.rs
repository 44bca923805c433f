//! `/api/notifications`.

use application::notifications::NotificationService;
use domain::NotificationId;

use crate::{
    edge::prelude::*,
    notifications::{
        requests::NotificationQuery,
        responses::{NotificationPage, ReadNotification, ReadNotifications},
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(inbox).service(read).service(read_all);
}

/// List notifications.
///
/// Sorted by time, newest first.
#[utoipa::path(tag = "notifications", operation_id = "list_notifications", security(("session" = [])), params(NotificationQuery), responses(
    (status = 200, body = Envelope<NotificationPage>), CommonErrors, SessionRequired, PageErrors))]
#[get("/notifications")]
async fn inbox(
    caller: SignedIn,
    query: FromQuery<NotificationQuery>,
    service: Data<NotificationService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(NotificationQuery { unread_only, page }) = query;
    let inbox = service.inbox(caller.user, unread_only.0, page.0).await?;
    Ok(ok(NotificationPage::of(inbox, &media).await?))
}

/// Mark a notification as read.
///
/// Idempotent.
#[utoipa::path(tag = "notifications", operation_id = "read_notification", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 9)), responses(
    (status = 200, body = Envelope<ReadNotification>), CommonErrors, CsrfRequired, NotFoundError))]
#[patch("/notifications/{id}/read")]
async fn read(caller: SignedIn, id: Id<NotificationId>, service: Data<NotificationService>) -> ApiResult {
    if !service.read(id.0, caller.user).await? {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(ok(ReadNotification {
        id: id.0.0,
        is_read: true,
    }))
}

/// Mark all notifications as read.
#[utoipa::path(tag = "notifications", operation_id = "read_all_notifications", security(("session" = [], "csrf" = [])), responses(
    (status = 200, body = Envelope<ReadNotifications>), CommonErrors, CsrfRequired))]
#[post("/notifications/read-all")]
async fn read_all(caller: SignedIn, service: Data<NotificationService>) -> ApiResult {
    Ok(ok(ReadNotifications {
        updated_count: service.read_all(caller.user).await?,
    }))
}
