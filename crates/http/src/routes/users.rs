//! `/api/users`.

mod me;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Payload},
};
use application::{
    accounts::{AccountService, Upgrade},
    images::ImageSource,
    media::Media,
};
use domain::{Fault, UserId, artist::ArtistName, style::upload::MAX_SIGNATURE_BYTES, user::EmailAddress};
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
    (status = 200, body = Envelope<ProfileDto>), OfOne, Always))]
#[get("/users/{id}")]
async fn profile(
    who: MaybeSignedIn,
    id: Id<UserId>,
    service: Data<AccountService>,
    media: Data<Media>,
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
        (status = 409, description = "`CONFLICT`: the account is an artist already", body = ErrorBody),
        NeedsCsrf, TakesBody, Always))]
#[post("/users/me/upgrade-to-artist")]
async fn upgrade(
    who: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<AccountService>,
    media: Data<Media>,
) -> Result<HttpResponse, ApiError> {
    let payload = payload.into_inner();
    let (mut fields, file) = match media_type(request.headers()) {
        MediaType::Form => {
            let mut form = read_form(&request, payload, &upgrade_form()).await?;
            let file = form.file(SIGNATURE);
            (form.fields, file)
        }
        _ => read_json_with_file(&request, payload, MAX_UPGRADE_BYTES, SIGNATURE).await?,
    };
    let artist_name = fields.required("artist_name", ArtistName::parse);
    let verified_email = fields.required("verified_email", EmailAddress::parse_address);
    let signature = signature_of(&mut fields, file.as_ref());
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
        .text("artist_name", 1_000, Fault::TooLong { max: ArtistName::MAX })
        .text(
            "verified_email",
            1_000,
            Fault::TooLong {
                max: EmailAddress::MAX,
            },
        )
        .file(SIGNATURE, MAX_SIGNATURE_BYTES)
}

/// The signature: the form's file, or a data URL.
fn signature_of(fields: &mut Fields, file: Option<&UploadedFile>) -> Option<ImageSource> {
    match file {
        Some(file) => Some(ImageSource::File(file.path().to_path_buf())),
        None => fields.required(SIGNATURE, read_data_url).map(ImageSource::Bytes),
    }
}
