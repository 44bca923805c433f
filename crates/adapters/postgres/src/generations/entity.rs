//! Entities of `generation_requests` and `generated_images`; a generation is read from a row here.

use domain::{
    GenerationId, StorageError, StyleId, UserId,
    generations::{AspectRatio, Caption, GenerationRequest, PromptTags, Seed},
};
use sea_orm::QueryResult;

use crate::{
    fields::generation_status,
    row::{ReadRow, checked},
};

/// Columns for [`read_generation`], from `generation_requests g`.
pub(crate) const GENERATION: &str = "\
g.id, g.user_id, g.style_id, g.artist_id, g.status, g.consumed_tokens, g.prompt_tags, g.description, g.aspect_ratio,
       g.seed, g.created_at";

pub(crate) fn read_generation(row: &QueryResult) -> Result<GenerationRequest, StorageError> {
    Ok(GenerationRequest {
        id: GenerationId(row.get("id")?),
        user_id: UserId(row.get("user_id")?),
        style_id: StyleId(row.get("style_id")?),
        artist_id: UserId(row.get("artist_id")?),
        status: generation_status(row)?,
        price: row.tokens("consumed_tokens")?,
        prompt: PromptTags::from_stored(row.get("prompt_tags")?),
        caption: caption(row)?,
        aspect: row.parsed("aspect_ratio", AspectRatio::parse)?,
        seed: checked("seed", Seed::new(row.get("seed")?))?,
        created_at: row.get("created_at")?,
    })
}

/// Reads `description`.
pub(crate) fn caption(row: &QueryResult) -> Result<Option<Caption>, StorageError> {
    let caption: Option<String> = row.get("description")?;
    Ok(caption.map(Caption::from_stored))
}

pub(crate) mod generation {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "generation_requests")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub user_id: i64,
        pub style_id: i64,
        pub artist_id: i64,
        pub status: String,
        pub consumed_tokens: i64,
        pub attempt: i16,
        pub task_id: Uuid,
        pub version: i64,
        pub prompt_tags: Vec<String>,
        pub description: Option<String>,
        pub aspect_ratio: String,
        pub seed: i64,
        pub result_key: String,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub progress: Option<Json>,
        pub error_code: Option<String>,
        pub error_message: Option<String>,
        pub taken_at: Option<DateTimeUtc>,
        pub last_heartbeat_at: DateTimeUtc,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub settled_at: Option<DateTimeUtc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod image {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "generated_images")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub generation_id: i64,
        pub bucket: String,
        pub object_key: String,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub metadata: Option<Json>,
        pub is_public: bool,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
