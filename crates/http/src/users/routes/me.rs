//! One's own account: changing what it shows, and leaving.

use actix_session::Session;
use actix_web::{HttpRequest, web::Payload};
use application::{
    images::ImageSource,
    users::{AccountService, ErasureService, Picture, ProfileEdit},
};
use domain::users::Bio;

use crate::{
    edge::{config::HttpDeps, csrf, extract::read_upload, prelude::*, session},
    users::{requests::UpdateProfile, responses::UpdatedProfile},
};

/// Longest body of a change: the largest picture in base64, and room for the rest.
const MAX_UPDATE_BYTES: usize = 8 * 1024 * 1024;

const PICTURE: &str = "profile_image";

/// Update the profile.
///
/// What is absent stays.
///
/// The picture is rotated upright, scaled down and encoded again, without the metadata of the file. In JSON it is a
/// `data:` URL, and `null` removes it.
#[utoipa::path(tag = "users", operation_id = "update_profile", security(("session" = [], "csrf" = [])),
    request_body(content((UpdateProfile = "application/json"), (UpdateProfile = "multipart/form-data"))),
    responses(
        (status = 200, body = Envelope<UpdatedProfile>),
        CommonErrors, CsrfRequired, BodyErrors,
        (status = 409, description = "`CONFLICT`: somebody else has the username", body = ErrorBody),
        (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; when the picture alone is at fault `INVALID_IMAGE_FORMAT` or `IMAGE_SIZE_EXCEEDED`", body = ErrorBody)))]
#[patch("/users/me")]
pub(super) async fn change(
    who: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let mut fields = read_upload::<UpdateProfile>(&request, payload, PICTURE, MAX_UPDATE_BYTES).await?;
    // Decoded before the fields are read, so that its faults are reported together with theirs.
    let portrait = match fields.file(PICTURE) {
        None => None,
        Some(file) => {
            let portrait = service
                .portrait(ImageSource::File(file.path().to_path_buf()))
                .await;
            fields.keep(PICTURE, portrait)
        }
    };
    let body: UpdateProfile = fields.read()?;
    let edit = ProfileEdit {
        username: body.username.0,
        bio: match body.bio.0 {
            Some(None) => Bio::parse("").ok(),
            sent => sent.flatten(),
        },
        picture: match (portrait, body.profile_image.0) {
            (Some(portrait), _) => Picture::Replaced(portrait),
            (None, Some(None)) => Picture::Removed,
            (None, _) => Picture::Unchanged,
        },
    };
    let changed = service.change_profile(who.user, edit).await?;
    Ok(ok(UpdatedProfile::of(changed, &media).await?))
}

/// Delete the current account.
///
/// Deletes everything it owns and ends all its sessions.
///
/// An artist whose styles others have used is deactivated and hidden instead; styles and history stay.
#[utoipa::path(tag = "users", operation_id = "delete_account", security(("session" = [], "csrf" = [])), responses(
    (status = 204, description = "Deleted, or deactivated for good; the session's cookies are cleared"), CommonErrors, CsrfRequired))]
#[delete("/users/me")]
pub(super) async fn erase(
    who: SignedIn,
    service: Data<ErasureService>,
    deps: Data<HttpDeps>,
    session: Session,
) -> ApiResult {
    service.erase(who.user).await?;
    session::sign_out(&session);
    Ok(HttpResponse::NoContent()
        .cookie(csrf::removal_cookie(&deps.config))
        .finish())
}
