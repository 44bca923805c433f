//! Bodies of `/api/generations`.

use utoipa::ToSchema;

/// Body of a request for an image.
#[derive(Debug, ToSchema)]
#[schema(as = NewGeneration)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct NewGenerationBody {
    /// The style.
    #[schema(example = 7)]
    pub style_id: i64,
    /// What the image shall show: 1 to 30 English tags.
    #[schema(example = json!(["lighthouse", "storm"]))]
    pub prompt_tags: Vec<String>,
    /// Caption, at most 1000 characters.
    pub description: Option<String>,
    /// `1:1` (512×512), `2:2` (1024×1024) or `1:2` (512×1024).
    #[schema(example = "1:1")]
    pub aspect_ratio: String,
    /// 0 to 2147483647; drawn when absent.
    #[schema(example = 42)]
    pub seed: Option<i64>,
}

/// Body of a change to an image.
#[derive(Debug, ToSchema)]
#[schema(as = GenerationChange)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct GenerationChangeBody {
    /// Show it to everybody, or to nobody else.
    #[schema(example = true)]
    pub is_public: Option<bool>,
    /// New caption, at most 1000 characters; null removes it.
    pub description: Option<String>,
}
