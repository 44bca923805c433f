//! `POST /api/styles`.

use actix_web::{HttpRequest, web::Payload};
use application::{
    images,
    styles::{IncomingImage, NewStyleUpload, StyleService},
};
use domain::{
    object::ObjectBody,
    styles::upload::{MAX_IMAGE_BYTES, MAX_IMAGES},
};

use crate::{
    edge::{
        fields::{Fields, Request},
        multipart::{FormSpec, read_form},
        prelude::*,
        spool::UploadedFile,
    },
    styles::{requests::CreateStyle, responses::UploadedStyle},
};

/// Bytes of the form other than the images: text fields, part headers, boundaries.
const FORM_OVERHEAD: u64 = 2 * 1024 * 1024;

/// Upload a style.
///
/// Validates the request, stores the images and starts the training.
#[utoipa::path(tag = "styles", operation_id = "create_style", security(("session" = [], "csrf" = [])), request_body(content = CreateStyle, content_type = "multipart/form-data"), responses(
    (status = 201, body = Envelope<UploadedStyle>, headers(("Location" = String, description = "Path of the style"))),
    CommonErrors, CsrfRequired, BodyErrors,
    (status = 403, description = "`CSRF_FAILED`: `X-CSRFToken` is missing or wrong, or the origin is not allowed; `ARTIST_ONLY`: the account has no artist profile; `STYLE_LIMIT_REACHED`: the artist has the maximum number of styles", body = ErrorBody),
    (status = 409, description = "`DUPLICATE_STYLE_NAME`: the artist already has a style with this name", body = ErrorBody),
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; if all errors have the same code, one of `INSUFFICIENT_IMAGES`, `TOO_MANY_IMAGES`, `INVALID_IMAGE_FORMAT`, `IMAGE_SIZE_EXCEEDED`, `IMAGE_RESOLUTION_TOO_LOW` and `INVALID_TAG_LANGUAGE`", body = ErrorBody)))]
#[post("/styles")]
async fn create(
    caller: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<StyleService>,
) -> ApiResult {
    caller.require_artist()?;
    service.may_upload(caller.user).await?;
    let spec = FormSpec::of::<CreateStyle>(MAX_IMAGES as u64 * MAX_IMAGE_BYTES + FORM_OVERHEAD);
    let mut fields = read_form(&request, payload.into_inner(), &spec).await?;
    let body = CreateStyle::read(&mut fields);
    // The files are deleted when this value is dropped.
    let files = fields.take_files("images");
    if !fields.is_valid() {
        add_image_errors(&mut fields, &files).await;
    }
    let mut body = fields.finish(body)?;
    let images = files.iter().map(|file| IncomingImage {
        source: ObjectBody::File(file.path().to_path_buf()),
        tags: body.image_tags.0.remove(&file.index).unwrap_or_default(),
    });
    let upload = NewStyleUpload {
        artist: caller.user,
        images: images.collect(),
        tags: std::mem::take(&mut body.tags.0.0),
        draft: body.into(),
    };
    let style = service.create(upload).await?;
    let location = format!("/api/styles/{}", style.id);
    Ok(created(&location, UploadedStyle::from(style)))
}

/// Adds the errors of the images to those of an invalid form, so that all are reported together. The images of a valid
/// form are inspected when the style is created.
async fn add_image_errors(fields: &mut Fields, files: &[UploadedFile]) {
    for file in files {
        let source = ObjectBody::File(file.path().to_path_buf());
        if let Err(error) = images::inspect(source, images::TRAINING).await {
            fields.add_error(&format!("images[{}]", file.index), error);
        }
    }
}
