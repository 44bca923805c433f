//! Entities of `generation_requests` and `generated_images`.

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
