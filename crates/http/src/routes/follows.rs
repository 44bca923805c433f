//! `/api/users/{id}/follow` and `/api/users/me/following`.

use actix_web::{HttpResponse, delete, get, post, web::Data};
use application::{media_urls::MediaUrls, users::FollowService};
use domain::UserId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::{Always, NeedsCsrf, NeedsSession, OfOne, Pages};
use crate::{
    dto::{
        follows::{FollowDto, FollowedArtistDto},
        listing,
    },
    envelope::{Envelope, ErrorBody, Listing, no_content, ok},
    error::ApiError,
    extract::{FromQuery, Id, PageOf, PageParams},
    session::SignedIn,
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(following).service(follow).service(unfollow);
}

/// Follows an artist.
#[utoipa::path(tag = "users", operation_id = "follow_artist", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 12)), responses(
    (status = 200, body = Envelope<FollowDto>),
    Always, NeedsCsrf, OfOne,
    (status = 400, description = "`SELF_FOLLOW_NOT_ALLOWED`; `INVALID_REQUEST`: the request cannot be read", body = ErrorBody),
    (status = 409, description = "`DUPLICATE_FOLLOW`: the artist is followed already", body = ErrorBody)))]
#[post("/users/{id}/follow")]
async fn follow(
    who: SignedIn,
    id: Id<UserId>,
    service: Data<FollowService>,
) -> Result<HttpResponse, ApiError> {
    let follower_count = service.follow(id.0, who.user).await?;
    Ok(ok(FollowDto {
        following: true,
        follower_count,
    }))
}

/// Stops following an artist. Somebody who did not follow does not follow now either.
#[utoipa::path(tag = "users", operation_id = "unfollow_artist", security(("session" = [], "csrf" = [])), params(("id" = i64, Path, example = 12)), responses(
    (status = 204, description = "Not followed any more"), Always, NeedsCsrf, OfOne))]
#[delete("/users/{id}/follow")]
async fn unfollow(
    who: SignedIn,
    id: Id<UserId>,
    service: Data<FollowService>,
) -> Result<HttpResponse, ApiError> {
    service.unfollow(id.0, who.user).await?;
    Ok(no_content())
}

/// The artists the person signed in follows, last followed first.
#[utoipa::path(tag = "users", operation_id = "list_following", security(("session" = [])), params(PageParams), responses(
    (status = 200, body = Envelope<Listing<FollowedArtistDto>>), Always, NeedsSession, Pages))]
#[get("/users/me/following")]
async fn following(
    who: SignedIn,
    query: FromQuery<PageOf>,
    service: Data<FollowService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(PageOf(page)) = query;
    let found = service.following(who.user, page).await?;
    Ok(ok(listing(found, async |row| {
        FollowedArtistDto::of(row, &media).await
    })
    .await?))
}
