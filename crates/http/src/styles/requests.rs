//! Request types of `/api/styles`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    FieldError, UserId,
    styles::{
        GenerationPrice, LicenseKind, StyleDescription, StyleDraft, StyleName, StyleUpdate, TagName,
        upload::{MAX_IMAGE_BYTES, MAX_IMAGES, MAX_TAGS, MIN_IMAGES},
    },
};
use serde_json::{Value, json};

use crate::{
    edge::{
        error_code::ErrorCode,
        fields::{
            CommaSeparated, Field, FieldValue, Fields, List, MAX_FILTER_TAGS, NonNull, Nullable, OrDefault,
            Property, Raw, SortedPage, string_enum,
        },
        form_part::Part,
    },
    request,
};

/// Selects completed styles, or also the unfinished styles of the caller.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TrainingFilter {
    pub include_unfinished: bool,
}

string_enum! { TrainingFilter:
    "completed" => Self { include_unfinished: false },
    "all" => Self { include_unfinished: true },
}

request! {
    pub struct StyleQuery {
        /// most used first, then newest.
        sorted: SortedPage,
        /// Comma-separated tags. A style must have all of them.
        tags: OrDefault<CommaSeparated<TagName, MAX_FILTER_TAGS>> = "sea,boat",
        /// Only styles of this artist.
        artist_id: Option<UserId> = 12,
        /// `all` includes the unfinished styles of the current account.
        training_status: OrDefault<TrainingFilter> = "completed",
    }
}

request! {
    /// An update of a style. Absent fields do not change.
    pub struct UpdateStyle {
        /// New description.
        description: NonNull<StyleDescription> = "Harbours at dusk.",
        /// Price of an image in tokens. Applies to new generations.
        generation_cost_tokens: NonNull<GenerationPrice> = 30,
        /// False withdraws the style.
        is_active: NonNull<bool> = true,
        /// Permitted use of the images.
        license_type: NonNull<LicenseKind> = "commercial",
        /// End of the license; null removes it.
        valid_to: Nullable<DateTime<Utc>> = "2030-01-01T00:00:00Z",
    }
}

impl From<UpdateStyle> for StyleUpdate {
    fn from(body: UpdateStyle) -> Self {
        Self {
            description: body.description.0,
            price: body.generation_cost_tokens.0,
            is_active: body.is_active.0,
            license: body.license_type.0,
            valid_to: body.valid_to.0,
        }
    }
}

request! {
    /// A new style, uploaded as `multipart/form-data`.
    pub struct CreateStyle {
        /// Unique among the artist's styles.
        name: StyleName = "Blue Harbour",
        /// Description of the style.
        description: StyleDescription = "Boats in the evening, thick strokes.",
        /// Price of an image in tokens.
        generation_cost_tokens: GenerationPrice = 30,
        /// Permitted use of the images.
        license_type: OrDefault<LicenseKind> = "personal",
        /// Tags of the style: a repeated field or a JSON array.
        tags: OrDefault<List<TagName, 0, MAX_TAGS>> = ["sea", "boat"],
        /// PNG or JPEG files of at least 512×512 pixels and at most 10 MB each. The file name and media type are ignored.
        images: TrainingImages,
        /// JSON object of image index and list of tags.
        image_tags: ImageTags = "{\"0\":[\"boat\"]}",
    }
}

impl From<CreateStyle> for StyleDraft {
    fn from(body: CreateStyle) -> Self {
        Self {
            name: body.name,
            description: body.description,
            price: body.generation_cost_tokens,
            license: body.license_type.0,
        }
    }
}

/// Checks the number of images. The files stay in the form.
#[derive(Debug)]
pub struct TrainingImages;

impl Field for TrainingImages {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let count = fields.file_count(name);
        let code = if count < MIN_IMAGES {
            ErrorCode::InsufficientImages
        } else if count > MAX_IMAGES {
            ErrorCode::TooManyImages
        } else {
            return Some(Self);
        };
        let error = FieldError::WrongCount {
            min: MIN_IMAGES,
            max: MAX_IMAGES,
        };
        fields.add_error_with_code(name, error, code);
        None
    }

    fn describe(name: &'static str, about: &str, _: Option<Value>) -> Vec<Property> {
        let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
        vec![Property {
            name,
            required: true,
            schema: json!({
                "type": "array", "items": file, "minItems": MIN_IMAGES, "maxItems": MAX_IMAGES,
                "description": about.trim(),
            }),
            part: Part::File {
                max_bytes: MAX_IMAGE_BYTES,
                max_count: MAX_IMAGES,
            },
        }]
    }
}

/// Tags by image index. Every index must be that of a sent image.
#[derive(Debug, Default)]
pub struct ImageTags(pub HashMap<usize, Vec<TagName>>);

impl Field for ImageTags {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let sent = match fields.take(name) {
            None => return Some(Self::default()),
            Some(raw) => fields.record(name, raw.object())?,
        };
        let count = fields.file_count("images");
        let mut tags = HashMap::new();
        for (key, value) in sent {
            let Some(index) = key.parse::<usize>().ok().filter(|index| *index < count) else {
                fields.add_error(name, FieldError::Malformed);
                continue;
            };
            if let Some(List::<TagName, 0, MAX_TAGS>(read)) =
                fields.record(&format!("{name}[{index}]"), FieldValue::read(Raw::Json(value)))
            {
                tags.insert(index, read);
            }
        }
        Some(Self(tags))
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        let mut properties = Property::of::<String>(name, false, String::schema(), about, example);
        for property in &mut properties {
            property.part = Part::text(512 * 1024, FieldError::Malformed);
        }
        properties
    }
}
