//! `/api/users`.

mod me;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Payload},
};
use application::{
    images::ImageSource,
    media_urls::MediaUrls,
    users::{AccountService, Upgrade},
};
use domain::{
    FieldError, UserId,
    styles::upload::MAX_SIGNATURE_BYTES,
    users::{ArtistName, EmailAddress},
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::{Always, NeedsCsrf, OfOne, TakesBody};
use crate::{
    dto::users::{MeDto, ProfileDto, UpgradeBody, UpgradedDto},
    envelope::{Envelope, ErrorBody, ok},
    error::{ApiError, ErrorCode},
    extract::{Fields, Id, MediaType, media_type, read_data_url, read_json_with_file},
    multipart::{FormSpec, UploadedFile, read_form},
    session::{MaybeSignedIn, SignedIn},
};

/// Longest JSON body of an upgrade: the largest signature in base64, and room for the rest.
const MAX_UPGRADE_BYTES: usize = 3 * 1024 * 1024;

const SIGNATURE: &str = "signature_image";

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(upgrade)
        .service(me::change)
        .service(me::erase)
        .service(profile);
}

/// Anybody's account. A deactivated one is not found.
#[utoipa::path(tag = "users", operation_id = "get_user", security((), ("session" = [])), params(("id" = i64, Path, example = 12)), responses(
    (status = 200, body = Envelope<ProfileDto>), Always, OfOne))]
#[get("/users/{id}")]
async fn profile(
    who: MaybeSignedIn,
    id: Id<UserId>,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let found = service.profile(id.0, who.user()).await?;
    let found = found.ok_or_else(|| ApiError::not_found(ErrorCode::NotFound))?;
    Ok(ok(ProfileDto::of(found, &media).await?))
}

/// Makes the account an artist. The signature is stamped on images made in the artist's styles.
#[utoipa::path(tag = "users", operation_id = "upgrade_to_artist", security(("session" = [], "csrf" = [])),
    request_body(content((UpgradeBody = "application/json"), (UpgradeBody = "multipart/form-data"))),
    responses(
        (status = 200, body = Envelope<UpgradedDto>),
        Always, NeedsCsrf, TakesBody,
        (status = 409, description = "`CONFLICT`: the account is an artist already", body = ErrorBody),
        (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; when the signature alone is at fault `INVALID_IMAGE_FORMAT` or `IMAGE_SIZE_EXCEEDED`", body = ErrorBody)))]
#[post("/users/me/upgrade-to-artist")]
async fn upgrade(
    who: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let (mut fields, file) =
        read_body(&request, payload, &upgrade_form(), SIGNATURE, MAX_UPGRADE_BYTES).await?;
    let artist_name = fields.required("artist_name", ArtistName::parse);
    let verified_email = fields.required("verified_email", EmailAddress::parse_address);
    let signature = match &file {
        Some(file) => Some(image_of(file)),
        None => fields.required(SIGNATURE, read_data_url).map(ImageSource::Bytes),
    };
    let upgrade = (|| {
        Some(Upgrade {
            user: who.user,
            artist_name: artist_name?,
            verified_email: verified_email?,
            signature: signature?,
        })
    })();
    let me = service.become_artist(fields.finish(upgrade)?).await?;
    Ok(ok(UpgradedDto::from(MeDto::of(me, &media).await?)))
}

fn upgrade_form() -> FormSpec {
    FormSpec::new(MAX_UPGRADE_BYTES as u64)
        .text("artist_name", 1_000, FieldError::TooLong { max: ArtistName::MAX })
        .text(
            "verified_email",
            1_000,
            FieldError::TooLong {
                max: EmailAddress::MAX,
            },
        )
        .file(SIGNATURE, MAX_SIGNATURE_BYTES)
}

/// The fields of a form and its `image`, or those of a JSON body, in which an image is a text.
async fn read_body(
    request: &HttpRequest,
    payload: Payload,
    form: &FormSpec,
    image: &str,
    most_bytes_of_json: usize,
) -> Result<(Fields, Option<UploadedFile>), ApiError> {
    let payload = payload.into_inner();
    if !matches!(media_type(request.headers()), MediaType::Form) {
        return read_json_with_file(request, payload, most_bytes_of_json, image).await;
    }
    let mut form = read_form(request, payload, form).await?;
    let image = form.file(image);
    Ok((form.fields, image))
}

/// The form's file.
fn image_of(file: &UploadedFile) -> ImageSource {
    ImageSource::File(file.path().to_path_buf())
}
