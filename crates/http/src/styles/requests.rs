//! Bodies and queries of `/api/styles`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    FieldError, UserId,
    styles::{
        GenerationPrice, LicenseKind, StyleDescription, StyleName, TagName,
        upload::{MAX_IMAGE_BYTES, MAX_IMAGES, MAX_TAGS, MIN_IMAGES},
    },
};
use serde_json::{Value, json};

use crate::{
    edge::{
        error_code::ErrorCode,
        fields::{
            Field, FieldValue, Fields, List, MAX_FILTER_TAGS, NonNull, Nullable, OrDefault, Property, Raw,
            SortedPage, WordList, words,
        },
        form_part::Part,
    },
    request,
};

/// Which styles a list shows: trained ones, or the reader's own unfinished ones too.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TrainingFilter {
    pub with_unfinished: bool,
}

words! { TrainingFilter:
    "completed" => Self { with_unfinished: false },
    "all" => Self { with_unfinished: true },
}

request! {
    pub struct StyleQuery {
        /// most used first, then newest.
        sorted: SortedPage,
        /// Tags separated by commas; a style has them all.
        tags: OrDefault<WordList<TagName, MAX_FILTER_TAGS>> = "sea,boat",
        /// Styles of this artist.
        artist_id: Option<UserId> = 12,
        /// `all`: the reader's own unfinished ones too.
        training_status: OrDefault<TrainingFilter> = "completed",
    }
}

request! {
    /// A change to a style; what is absent stays.
    pub struct UpdateStyle {
        /// Description.
        description: NonNull<StyleDescription> = "Harbours at dusk.",
        /// Price of an image in tokens, for generations from now on.
        generation_cost_tokens: NonNull<GenerationPrice> = 30,
        /// Offer it, or withdraw it.
        is_active: NonNull<bool> = true,
        /// What its images may be used for.
        license_type: NonNull<LicenseKind> = "commercial",
        /// When its use ends; null removes the end.
        valid_to: Nullable<DateTime<Utc>> = "2030-01-01T00:00:00Z",
    }
}

request! {
    /// An upload, `multipart/form-data`.
    pub struct CreateStyle {
        /// Unique among the artist's styles.
        name: StyleName = "Blue Harbour",
        /// Description.
        description: StyleDescription = "Boats in the evening, thick strokes.",
        /// Price of one image in tokens.
        generation_cost_tokens: GenerationPrice = 30,
        /// What its images may be used for.
        license_type: OrDefault<LicenseKind> = "personal",
        /// Tags: the field repeated, or one JSON array.
        tags: OrDefault<List<TagName, 0, MAX_TAGS>> = ["sea", "boat"],
        /// PNG or JPEG by content, at least 512×512, at most 10 MB each.
        images: TrainingImages,
        /// JSON: index of the image → its tags.
        image_tags: ImageTags = "{\"0\":[\"boat\"]}",
    }
}

/// That as many images came as a style needs. The files stay in the form.
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
        let fault = FieldError::WrongCount {
            min: MIN_IMAGES,
            max: MAX_IMAGES,
        };
        fields.fault_as(name, fault, code);
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

/// Tags by index of the image; every index must be that of an image sent.
#[derive(Debug, Default)]
pub struct ImageTags(pub HashMap<usize, Vec<TagName>>);

impl Field for ImageTags {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let sent = match fields.take(name) {
            None => return Some(Self::default()),
            Some(raw) => fields.keep(name, raw.object())?,
        };
        let count = fields.file_count("images");
        let mut tags = HashMap::new();
        for (key, value) in sent {
            let Some(index) = key.parse::<usize>().ok().filter(|index| *index < count) else {
                fields.fault(name, FieldError::Malformed);
                continue;
            };
            if let Some(List::<TagName, 0, MAX_TAGS>(read)) =
                fields.keep(&format!("{name}[{index}]"), FieldValue::read(Raw::Json(value)))
            {
                tags.insert(index, read);
            }
        }
        Some(Self(tags))
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        let mut described = Property::of::<String>(name, false, String::schema(), about, example);
        for property in &mut described {
            property.part = Part::text(512 * 1024, FieldError::Malformed);
        }
        described
    }
}
