//! One's own account: changing what it shows, and leaving.

use actix_session::Session;
use actix_web::{
    HttpRequest, HttpResponse, delete, patch,
    web::{Data, Payload},
};
use application::{
    images::ImageSource,
    media_urls::MediaUrls,
    users::{AccountService, ErasureService, Picture, UpdateProfile},
};
use domain::{
    FieldError,
    users::{Bio, MAX_PICTURE_BYTES, Username},
};

use super::{image_of, read_body};
use crate::{
    HttpDeps, csrf,
    dto::users::{ChangeProfileBody, ChangedProfileDto},
    envelope::{Envelope, ErrorBody, ok},
    error::ApiError,
    extract::{Fields, read_data_url},
    multipart::{FormSpec, UploadedFile},
    routes::documented::{Always, NeedsCsrf, TakesBody},
    session::{self, SignedIn},
};

/// Longest body of a change: the largest picture in base64, and room for the rest.
const MAX_CHANGE_BYTES: usize = 8 * 1024 * 1024;

const PICTURE: &str = "profile_image";

/// Changes one's own profile. What is not sent stays as it is.
///
/// The picture is made upright and small, and written anew: nothing of the file's metadata is kept. In JSON it is a
/// `data:` URL, and `null` removes it.
#[utoipa::path(tag = "users", operation_id = "update_profile", security(("session" = [], "csrf" = [])),
    request_body(content((ChangeProfileBody = "application/json"), (ChangeProfileBody = "multipart/form-data"))),
    responses(
        (status = 200, body = Envelope<ChangedProfileDto>),
        Always, NeedsCsrf, TakesBody,
        (status = 409, description = "`CONFLICT`: somebody else has the username", body = ErrorBody),
        (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; when the picture alone is at fault `INVALID_IMAGE_FORMAT` or `IMAGE_SIZE_EXCEEDED`", body = ErrorBody)))]
#[patch("/users/me")]
pub(super) async fn change(
    who: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let (mut fields, file) = read_body(&request, payload, &change_form(), PICTURE, MAX_CHANGE_BYTES).await?;
    let edit = UpdateProfile {
        username: username(&mut fields),
        bio: bio(&mut fields),
        picture: picture(&mut fields, file.as_ref(), &service).await,
    };
    let changed = service
        .change_profile(who.user, fields.finish(Some(edit))?)
        .await?;
    Ok(ok(ChangedProfileDto::of(changed, &media).await?))
}

/// Deletes one's own account with everything it owns, for good. All its sessions end at once.
///
/// An artist whose styles others have used is deactivated and hidden instead; styles and history stay.
#[utoipa::path(tag = "users", operation_id = "delete_account", security(("session" = [], "csrf" = [])), responses(
    (status = 204, description = "Deleted, or deactivated for good; the session's cookies are cleared"), Always, NeedsCsrf))]
#[delete("/users/me")]
pub(super) async fn erase(
    who: SignedIn,
    service: Data<ErasureService>,
    deps: Data<HttpDeps>,
    session: Session,
) -> Result<HttpResponse, ApiError> {
    service.erase(who.user).await?;
    session::sign_out(&session);
    Ok(HttpResponse::NoContent()
        .cookie(csrf::removal_cookie(&deps.config))
        .finish())
}

fn change_form() -> FormSpec {
    FormSpec::new(MAX_CHANGE_BYTES as u64)
        .text("username", 1_000, FieldError::TooLong { max: Username::MAX })
        .text("bio", 4_000, FieldError::TooLong { max: Bio::MAX })
        .file(PICTURE, MAX_PICTURE_BYTES)
}

/// A name cannot be taken away.
fn username(fields: &mut Fields) -> Option<Username> {
    fields.refuse_null("username");
    fields.optional("username", Username::parse)
}

fn bio(fields: &mut Fields) -> Option<Bio> {
    if fields.is_null("bio") {
        return Bio::parse("").ok();
    }
    fields.optional("bio", Bio::parse)
}

/// The picture is decoded here already, so that its faults are told together with the others.
async fn picture(fields: &mut Fields, file: Option<&UploadedFile>, service: &AccountService) -> Picture {
    if fields.is_null(PICTURE) {
        return Picture::Removed;
    }
    let source = match file {
        Some(file) => Some(image_of(file)),
        None => fields.optional(PICTURE, read_data_url).map(ImageSource::Bytes),
    };
    let Some(source) = source else {
        return Picture::Unchanged;
    };
    match service.portrait(source).await {
        Ok(portrait) => Picture::Replaced(portrait),
        Err(fault) => {
            fields.fault(PICTURE, fault);
            Picture::Unchanged
        }
    }
}
