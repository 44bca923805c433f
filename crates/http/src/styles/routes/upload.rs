//! `POST /api/styles`: an artist uploads a style.

use actix_web::{HttpRequest, web::Payload};
use application::{
    images::{self, ImageSource},
    styles::{IncomingImage, NewStyleUpload, StyleService},
};
use domain::styles::upload::{MAX_IMAGE_BYTES, MAX_IMAGES};

use crate::{
    edge::{
        fields::{Fields, Request},
        multipart::{FormSpec, read_form},
        prelude::*,
        spool::UploadedFile,
    },
    styles::{
        requests::{CreateStyle, ImageTags, TrainingImages},
        responses::UploadedStyle,
    },
};

/// Room for the texts and the form's own lines beside the images.
const OVERHEAD: u64 = 2 * 1024 * 1024;

/// Upload a style.
///
/// Stores the images and starts the training. Everything is checked before anything is stored.
#[utoipa::path(tag = "styles", operation_id = "create_style", security(("session" = [], "csrf" = [])), request_body(content = CreateStyle, content_type = "multipart/form-data"), responses(
    (status = 201, body = Envelope<UploadedStyle>, headers(("Location" = String, description = "Path of the style"))),
    CommonErrors, CsrfRequired, BodyErrors,
    (status = 403, description = "`CSRF_FAILED`: `X-CSRFToken` missing or wrong, or the origin is not allowed; `ARTIST_ONLY`: the account has no artist profile; `STYLE_LIMIT_REACHED`: the artist has as many styles as allowed", body = ErrorBody),
    (status = 409, description = "`DUPLICATE_STYLE_NAME`: the artist has a style of this name", body = ErrorBody),
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; when all faults are of one kind `INSUFFICIENT_IMAGES`, `TOO_MANY_IMAGES`, `INVALID_IMAGE_FORMAT`, `IMAGE_SIZE_EXCEEDED`, `IMAGE_RESOLUTION_TOO_LOW` or `INVALID_TAG_LANGUAGE`", body = ErrorBody)))]
#[post("/styles")]
async fn create(
    who: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<StyleService>,
) -> ApiResult {
    who.require_artist()?;
    service.may_upload(who.user).await?;
    let spec = FormSpec::of::<CreateStyle>(MAX_IMAGES as u64 * MAX_IMAGE_BYTES + OVERHEAD);
    let mut fields = read_form(&request, payload.into_inner(), &spec).await?;
    let body = CreateStyle::read(&mut fields);
    // The files live on disk as long as they are held here.
    let files = fields.take_files("images");
    if !fields.are_good() {
        report_bad_images(&mut fields, &files).await;
    }
    let CreateStyle {
        name,
        description,
        generation_cost_tokens,
        license_type,
        tags,
        images: TrainingImages,
        image_tags: ImageTags(mut image_tags),
    } = fields.finish(body)?;
    let images = files.iter().map(|file| IncomingImage {
        source: ImageSource::File(file.path().to_path_buf()),
        tags: image_tags.remove(&file.index).unwrap_or_default(),
    });
    let upload = NewStyleUpload {
        artist: who.user,
        images: images.collect(),
        name,
        description,
        price: generation_cost_tokens,
        license: license_type.0,
        tags: tags.0.0,
    };
    let style = service.create(upload).await?;
    let location = format!("/api/styles/{}", style.id);
    Ok(created(&location, UploadedStyle::from(style)))
}

/// Adds the faults of the images when the form is refused for something else, so that everything wrong is reported at
/// once. The images of a good form are inspected when the style is created.
async fn report_bad_images(fields: &mut Fields, files: &[UploadedFile]) {
    for file in files {
        let source = ImageSource::File(file.path().to_path_buf());
        if let Err(fault) = images::inspect(source, images::TRAINING).await {
            fields.fault(&format!("images[{}]", file.index), fault);
        }
    }
}
