//! Entity of `community_posts`.

pub(crate) mod post {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "community_posts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub generation_id: i64,
        pub user_id: i64,
        pub style_id: i64,
        pub tag_ids: Vec<i64>,
        pub like_count: i64,
        pub comment_count: i64,
        pub visible: bool,
        pub created_at: DateTimeUtc,
        pub published: bool,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
