//! Bodies of `/api/styles`.

use utoipa::ToSchema;

/// Body of an upload, `multipart/form-data`.
#[derive(Debug, ToSchema)]
#[schema(as = NewStyle)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct NewStyleForm {
    /// 1 to 100 characters; unique among the artist's styles.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// 1 to 2000 characters.
    #[schema(example = "Boats in the evening, thick strokes.")]
    pub description: String,
    /// Price of one image: 1 to 10000 tokens.
    #[schema(example = 30)]
    pub generation_cost_tokens: i64,
    /// `personal` (default), `commercial` or `exclusive`.
    #[schema(example = "personal")]
    pub license_type: Option<String>,
    /// Tags: the field repeated, or one JSON array.
    #[schema(example = json!(["sea", "boat"]))]
    pub tags: Option<Vec<String>>,
    /// 10 to 100 files, PNG or JPEG by content, at least 512×512, at most 10 MB each.
    #[schema(content_media_type = "application/octet-stream", content_encoding = "")]
    pub images: Vec<String>,
    /// JSON: index of the image → its tags.
    #[schema(example = "{\"0\":[\"boat\"]}")]
    pub image_tags: Option<String>,
}

/// Body of a change to a style; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(as = StyleChange)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct StyleChangeBody {
    /// 1 to 2000 characters.
    #[schema(example = "Harbours at dusk.")]
    pub description: Option<String>,
    /// Price of an image, 1 to 10000 tokens, for requests made from now on.
    #[schema(example = 30)]
    pub generation_cost_tokens: Option<i64>,
    /// Offer it, or withdraw it.
    #[schema(example = true)]
    pub is_active: Option<bool>,
    /// `personal`, `commercial` or `exclusive`.
    #[schema(example = "commercial")]
    pub license_type: Option<String>,
    /// When its use ends; null removes the end.
    #[schema(example = "2030-01-01T00:00:00Z")]
    pub valid_to: Option<String>,
}
