//! `/api/users`.

mod follows;
mod me;

use actix_web::{HttpRequest, web::Payload};
use application::users::{AccountService, Upgrade};
use domain::{UserId, object::ObjectBody};

use crate::{
    edge::{extract::read_upload, prelude::*},
    users::{
        requests::UpgradeToArtist,
        responses::{Me, Profile, UpgradedAccount},
    },
};

/// Body limit: the largest signature in base64, and the other fields.
const MAX_UPGRADE_BYTES: usize = 3 * 1024 * 1024;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(follows::configure)
        .service(upgrade)
        .service(me::change)
        .service(me::erase)
        .service(profile);
}

/// Get the profile of an account.
///
/// 404 for a deactivated account.
#[utoipa::path(tag = "users", operation_id = "get_user", security((), ("session" = [])), params(("id" = i64, Path, example = 12)), responses(
    (status = 200, body = Envelope<Profile>), CommonErrors, NotFoundError))]
#[get("/users/{id}")]
async fn profile(
    caller: MaybeSignedIn,
    id: Id<UserId>,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let found = service.queries.profile(id.0, caller.user()).await?;
    let found = found.ok_or(ErrorCode::NotFound)?;
    Ok(ok(Profile::of(found, &media).await?))
}

/// Become an artist.
///
/// The signature is added to the images that are generated in the artist's styles.
#[utoipa::path(tag = "users", operation_id = "upgrade_to_artist", security(("session" = [], "csrf" = [])),
    request_body(content((UpgradeToArtist = "application/json"), (UpgradeToArtist = "multipart/form-data"))),
    responses(
        (status = 200, body = Envelope<UpgradedAccount>),
        CommonErrors, CsrfRequired, BodyErrors,
        (status = 409, description = "`CONFLICT`: the account is already an artist", body = ErrorBody),
        (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; if only the signature is invalid, `INVALID_IMAGE_FORMAT` or `IMAGE_SIZE_EXCEEDED`", body = ErrorBody)))]
#[post("/users/me/upgrade-to-artist")]
async fn upgrade(
    caller: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let fields =
        read_upload::<UpgradeToArtist>(&request, payload, "signature_image", MAX_UPGRADE_BYTES).await?;
    let body: UpgradeToArtist = fields.read()?;
    let upgrade = Upgrade {
        user: caller.user,
        artist_name: body.artist_name,
        verified_email: body.verified_email,
        signature: ObjectBody::File(body.signature_image.0.path().to_path_buf()),
    };
    let me = service.become_artist(upgrade).await?;
    Ok(ok(UpgradedAccount::from(Me::of(me, &media).await?)))
}
