//! `POST /api/styles`: an artist uploads a style.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Payload},
};
use application::{
    images::{self, ImageSource},
    styles::{IncomingImage, NewStyleUpload, StyleService},
};
use domain::{
    FieldError, UserId,
    field_error::FieldType,
    styles::{
        GenerationPrice, LicenseKind, StyleDescription, StyleName, TagName,
        upload::{MAX_IMAGE_BYTES, MAX_IMAGES, MAX_TAGS, MIN_IMAGES},
    },
};
use serde_json::{Map, Value};

use crate::{
    dto::styles::{CreatedStyleDto, NewStyleForm},
    envelope::{Envelope, ErrorBody, created},
    error::{ApiError, ErrorCode},
    extract::Fields,
    multipart::{Files, Form, FormSpec, UploadedFile, UploadedFiles, read_form},
    routes::documented::{Always, NeedsCsrf, TakesBody},
    session::SignedIn,
};

/// Room for the texts and the form's own lines beside the images.
const OVERHEAD: u64 = 2 * 1024 * 1024;

fn spec() -> FormSpec {
    let integer = FieldError::WrongType {
        expected: FieldType::Integer,
    };
    FormSpec::new(MAX_IMAGES as u64 * MAX_IMAGE_BYTES + OVERHEAD)
        .text("name", 1_000, FieldError::TooLong { max: StyleName::MAX })
        .text(
            "description",
            20_000,
            FieldError::TooLong {
                max: StyleDescription::MAX,
            },
        )
        .text("generation_cost_tokens", 30, integer)
        .text("license_type", 30, FieldError::Malformed)
        .texts(
            "tags",
            10_000,
            2 * MAX_TAGS,
            FieldError::TooLong { max: TagName::MAX },
        )
        .text("image_tags", 512 * 1024, FieldError::Malformed)
        .files("images", MAX_IMAGE_BYTES, MAX_IMAGES)
}

/// Uploads a style and sends it to be trained. Everything is checked before anything is stored; what is refused leaves
/// nothing behind.
#[utoipa::path(tag = "styles", operation_id = "create_style", security(("session" = [], "csrf" = [])), request_body(content = NewStyleForm, content_type = "multipart/form-data"), responses(
    (status = 201, body = Envelope<CreatedStyleDto>, headers(("Location" = String, description = "Path of the style"))),
    Always, NeedsCsrf, TakesBody,
    (status = 403, description = "`CSRF_FAILED`: `X-CSRFToken` missing or wrong, or a foreign origin; `ARTIST_ONLY`: the account has no artist profile; `STYLE_LIMIT_REACHED`: the artist has as many styles as allowed", body = ErrorBody),
    (status = 409, description = "`DUPLICATE_STYLE_NAME`: the artist has a style of this name", body = ErrorBody),
    (status = 422, description = "`VALIDATION_ERROR`, with a message for each field in `details`; when all faults are of one kind `INSUFFICIENT_IMAGES`, `TOO_MANY_IMAGES`, `INVALID_IMAGE_FORMAT`, `IMAGE_SIZE_EXCEEDED`, `IMAGE_RESOLUTION_TOO_LOW` or `INVALID_TAG_LANGUAGE`", body = ErrorBody)))]
#[post("/styles")]
async fn create(
    who: SignedIn,
    request: HttpRequest,
    payload: Payload,
    service: Data<StyleService>,
) -> Result<HttpResponse, ApiError> {
    who.require_artist()?;
    service.may_upload(who.user).await?;
    let form = read_form(&request, payload.into_inner(), &spec()).await?;
    // The files live on disk as long as they are held here.
    let (upload, _files) = read(who.user, form).await?;
    let style = service.create(upload).await?;
    let location = format!("/api/styles/{}", style.id);
    Ok(created(&location, CreatedStyleDto::from(style)))
}

async fn read(artist: UserId, mut form: Form) -> Result<(NewStyleUpload, UploadedFiles), ApiError> {
    let Files { stored, count } = form.files("images");
    let mut fields = form.fields;
    let name = fields.required("name", StyleName::parse);
    let description = fields.required("description", StyleDescription::parse);
    let price = fields.required_integer("generation_cost_tokens", GenerationPrice::new);
    let license = fields
        .optional("license_type", LicenseKind::parse)
        .unwrap_or_default();
    let tags = fields
        .optional_list("tags", 0..=MAX_TAGS, TagName::parse)
        .unwrap_or_default();
    let image_tags = fields.object("image_tags").unwrap_or_default();
    let mut image_tags = read_image_tags(&mut fields, image_tags, count);
    check_count(&mut fields, count);
    if !fields.are_good() {
        note_bad_images(&mut fields, &stored).await;
    }

    let images = stored
        .iter()
        .map(|file| IncomingImage {
            source: ImageSource::File(file.path().to_path_buf()),
            tags: image_tags.remove(&file.index).unwrap_or_default(),
        })
        .collect();
    let upload = (|| {
        Some(NewStyleUpload {
            artist,
            name: name?,
            description: description?,
            price: price?,
            license,
            tags,
            images,
        })
    })();
    Ok((fields.finish(upload)?, stored))
}

/// Looks at the images of a form that is refused for something else, so that all that is wrong is named at once. Those
/// of a good form are looked at when the style is made.
async fn note_bad_images(fields: &mut Fields, stored: &[UploadedFile]) {
    for file in stored {
        let source = ImageSource::File(file.path().to_path_buf());
        if let Err(fault) = images::inspect(source, images::TRAINING).await {
            fields.fault(&format!("images[{}]", file.index), fault);
        }
    }
}

fn check_count(fields: &mut Fields, count: usize) {
    let fault = FieldError::WrongCount {
        min: MIN_IMAGES,
        max: MAX_IMAGES,
    };
    if count < MIN_IMAGES {
        fields.fault_as("images", fault, ErrorCode::InsufficientImages);
    } else if count > MAX_IMAGES {
        fields.fault_as("images", fault, ErrorCode::TooManyImages);
    }
}

/// Tags by index of the image; every index must be that of an image sent.
fn read_image_tags(
    fields: &mut Fields,
    raw: Map<String, Value>,
    count: usize,
) -> HashMap<usize, Vec<TagName>> {
    let mut read = HashMap::new();
    for (key, value) in raw {
        let Some(index) = key.parse::<usize>().ok().filter(|index| *index < count) else {
            fields.fault("image_tags", FieldError::Malformed);
            continue;
        };
        match tags_of(&value) {
            Ok(tags) => _ = read.insert(index, tags),
            Err(fault) => fields.fault(&format!("image_tags[{index}]"), fault),
        }
    }
    read
}

fn tags_of(value: &Value) -> Result<Vec<TagName>, FieldError> {
    let list = value.as_array().ok_or(FieldError::WrongType {
        expected: FieldType::List,
    })?;
    if list.len() > MAX_TAGS {
        return Err(FieldError::WrongCount {
            min: 0,
            max: MAX_TAGS,
        });
    }
    let tag = |value: &Value| {
        let text = value.as_str().ok_or(FieldError::WrongType {
            expected: FieldType::Text,
        })?;
        TagName::parse(text)
    };
    list.iter().map(tag).collect()
}
