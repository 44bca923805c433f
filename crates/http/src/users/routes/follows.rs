//! `/api/users/{id}/follow`, `/api/users/me/following`.

use application::users::FollowService;
use domain::UserId;

use crate::{
    edge::prelude::*,
    users::responses::{FollowListEntry, Following},
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(following).service(follow).service(unfollow);
}

/// Follow an artist.
#[utoipa::path(tag = "users", operation_id = "follow_artist", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 12)), responses(
    (status = 200, body = Envelope<Following>),
    CommonErrors, CsrfRequired, NotFoundError,
    (status = 400, description = "`SELF_FOLLOW_NOT_ALLOWED`; `INVALID_REQUEST`: the request is malformed", body = ErrorBody),
    (status = 409, description = "`DUPLICATE_FOLLOW`: the current account already follows the artist", body = ErrorBody)))]
#[post("/users/{id}/follow")]
async fn follow(caller: SignedIn, id: Id<UserId>, service: Data<FollowService>) -> ApiResult {
    let follower_count = service.follow(id.0, caller.user).await?;
    Ok(ok(Following {
        following: true,
        follower_count,
    }))
}

/// Unfollow an artist.
///
/// Idempotent.
#[utoipa::path(tag = "users", operation_id = "unfollow_artist", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 12)), responses(
    (status = 204, description = "The follow is removed"), CommonErrors, CsrfRequired, NotFoundError))]
#[delete("/users/{id}/follow")]
async fn unfollow(caller: SignedIn, id: Id<UserId>, service: Data<FollowService>) -> ApiResult {
    service.unfollow(id.0, caller.user).await?;
    Ok(no_content())
}

/// List the artists that the current account follows.
///
/// Sorted by time of the follow, newest first.
#[utoipa::path(tag = "users", operation_id = "list_following", security(("session" = [])), params(PageQuery), responses(
    (status = 200, body = Envelope<Listing<FollowListEntry>>), CommonErrors, SessionRequired, PageErrors))]
#[get("/users/me/following")]
async fn following(
    caller: SignedIn,
    query: FromQuery<PageQuery>,
    service: Data<FollowService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(PageQuery { page }) = query;
    let found = service.queries.following(caller.user, page.0).await?;
    Ok(ok(listing(found, async |row| {
        FollowListEntry::of(row, &media).await
    })
    .await?))
}
