//! Entities of `style_models`, their data sets and tags, and `uploads`; a style is read from a row here.

use domain::{
    StorageError, StyleId, UserId,
    styles::{GenerationPrice, LicenseKind, StyleArtist, StyleCard, StyleDescription, StyleModel, StyleName},
};
use sea_orm::QueryResult;

use crate::{
    fields::{model, training_status},
    row::{ReadRow, checked},
};

/// Columns for [`read_style`], from `style_models m`.
pub(crate) const STYLE: &str = "\
m.id, m.artist_id, m.name, m.description, m.generation_cost_tokens, m.license_type, m.valid_from, m.valid_to,
       m.is_active, m.is_flagged, m.training_status, m.thumbnail_bucket, m.thumbnail_key, m.model_bucket, m.model_key,
       m.usage_count, m.created_at";

pub(crate) fn read_style(row: &QueryResult) -> Result<StyleModel, StorageError> {
    let price = row.get("generation_cost_tokens")?;
    Ok(StyleModel {
        id: StyleId(row.get("id")?),
        artist_id: UserId(row.get("artist_id")?),
        name: StyleName::from_stored(row.get("name")?),
        description: StyleDescription::from_stored(row.get("description")?),
        price: checked("generation_cost_tokens", GenerationPrice::new(price))?,
        license: row.parsed("license_type", LicenseKind::parse)?,
        valid_from: row.get("valid_from")?,
        valid_to: row.get("valid_to")?,
        is_active: row.get("is_active")?,
        is_flagged: row.get("is_flagged")?,
        status: training_status(row)?,
        thumbnail: row.optional_object("thumbnail_bucket", "thumbnail_key")?,
        model: model(row)?,
        usage_count: row.get("usage_count")?,
        created_at: row.get("created_at")?,
    })
}

/// Columns for [`card`] besides [`STYLE`], from `style_models m`, `artists a` and `users u`.
pub(crate) const CARD: &str = "\
u.username AS artist_username, a.artist_name,
       ARRAY(SELECT t.name FROM style_tags s JOIN tags t ON t.id = s.tag_id
              WHERE s.style_id = m.id ORDER BY t.name COLLATE \"C\") AS tags";

pub(crate) fn card(row: &QueryResult) -> Result<StyleCard, StorageError> {
    Ok(StyleCard {
        style: read_style(row)?,
        artist: artist(row)?,
        tags: row.get("tags")?,
    })
}

/// Reads `artist_id`, `artist_username` and `artist_name`.
pub(crate) fn artist(row: &QueryResult) -> Result<StyleArtist, StorageError> {
    Ok(StyleArtist {
        id: UserId(row.get("artist_id")?),
        username: row.get("artist_username")?,
        artist_name: row.get("artist_name")?,
    })
}

pub(crate) mod style {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "style_models")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub artist_id: i64,
        pub name: String,
        pub description: String,
        pub generation_cost_tokens: i64,
        pub license_type: String,
        pub valid_from: DateTimeUtc,
        pub valid_to: Option<DateTimeUtc>,
        pub is_active: bool,
        pub is_flagged: bool,
        pub training_status: String,
        pub usage_count: i64,
        pub total_earned_tokens: i64,
        pub artwork_count: i32,
        pub thumbnail_bucket: Option<String>,
        pub thumbnail_key: Option<String>,
        pub model_bucket: Option<String>,
        pub model_key: Option<String>,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub training_metric: Option<Json>,
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub progress: Option<Json>,
        pub error_code: Option<String>,
        pub error_message: Option<String>,
        pub attempt: i16,
        pub task_id: Uuid,
        pub version: i64,
        pub taken_at: Option<DateTimeUtc>,
        pub last_heartbeat_at: DateTimeUtc,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod dataset {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "training_datasets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub style_id: i64,
        pub upload_id: Uuid,
        pub image_count: i32,
        pub total_bytes: i64,
        pub created_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod training_image {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "training_images")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub style_id: i64,
        pub position: i16,
        pub bucket: String,
        pub key: String,
        pub thumbnail_bucket: Option<String>,
        pub thumbnail_key: Option<String>,
        pub width: i32,
        pub height: i32,
        pub size_bytes: i64,
        pub content_type: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod training_image_tag {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "training_image_tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub image_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag_id: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod tag {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tags")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub is_of_style: bool,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod style_tag {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "style_tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub style_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag_id: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod upload {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "uploads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub owner_id: Option<i64>,
        pub prefix: String,
        pub created_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
