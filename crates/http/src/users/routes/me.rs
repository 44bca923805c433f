//! `/api/users/me`.

use actix_session::Session;
use actix_web::{HttpRequest, web::Payload};
use application::{
    images,
    users::{AccountService, ErasureService, Picture, ProfileEdit},
};
use domain::{object::ObjectBody, users::Bio};

use crate::{
    edge::{config::HttpDeps, csrf, extract::read_upload, prelude::*, session},
    users::{requests::UpdateProfile, responses::UpdatedProfile},
};

/// Body limit: the largest image in base64, and the other fields.
const MAX_UPDATE_BYTES: usize = 8 * 1024 * 1024;

const PICTURE: &str = "profile_image";

/// Update the profile.
///
/// Absent fields do not change.
///
/// The image is rotated as its Exif data says, scaled down and encoded again without metadata.
#[utoipa::path(tag = "users", operation_id = "update_profile", security(("session" = [], "csrf" = [])),
    request_body(content((UpdateProfile = "application/json"), (UpdateProfile = "multipart/form-data"))),
    responses(
        (status = 200, body = Envelope<UpdatedProfile>),
        CommonErrors, CsrfRequired, BodyErrors,
        (status = 409, description = "`CONFLICT`: the username is taken", body = ErrorBody),
        (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; if only the image is invalid, `INVALID_IMAGE_FORMAT` or `IMAGE_SIZE_EXCEEDED`", body = ErrorBody)))]
#[patch("/users/me")]
pub(super) async fn change(
    caller: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let mut fields = read_upload::<UpdateProfile>(&request, payload, PICTURE, MAX_UPDATE_BYTES).await?;
    // Decoded before the fields are read, so that all errors are reported together.
    let picture = match fields.file(PICTURE) {
        None => None,
        Some(file) => {
            let source = ObjectBody::File(file.path().to_path_buf());
            let picture = images::profile_picture(source).await;
            fields.record(PICTURE, picture)
        }
    };
    let body: UpdateProfile = fields.read()?;
    let edit = ProfileEdit {
        username: body.username.0,
        bio: match body.bio.0 {
            Some(None) => Bio::parse("").ok(),
            sent => sent.flatten(),
        },
        picture: match (picture, body.profile_image.0) {
            (Some(picture), _) => Picture::Replaced(picture),
            (None, Some(None)) => Picture::Removed,
            (None, _) => Picture::Unchanged,
        },
    };
    let changed = service.change_profile(caller.user, edit).await?;
    Ok(ok(UpdatedProfile::of(changed, &media).await?))
}

/// Delete the current account.
///
/// Deletes the data of the account and ends all its sessions.
///
/// The account of an artist whose styles other users have used is deactivated and hidden instead. Its styles and
/// transactions are kept.
#[utoipa::path(tag = "users", operation_id = "delete_account", security(("session" = [], "csrf" = [])), responses(
    (status = 204, description = "The account is deleted or permanently deactivated; the session cookies are removed"), CommonErrors, CsrfRequired))]
#[delete("/users/me")]
pub(super) async fn erase(
    caller: SignedIn,
    service: Data<ErasureService>,
    deps: Data<HttpDeps>,
    session: Session,
) -> ApiResult {
    service.erase(caller.user).await?;
    session::sign_out(&session);
    Ok(HttpResponse::NoContent()
        .cookie(csrf::removal_cookie(&deps.config))
        .finish())
}
