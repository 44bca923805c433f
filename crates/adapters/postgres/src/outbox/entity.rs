//! Entity of `outbox_messages`.

pub(crate) mod message {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox_messages")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub message_id: Uuid,
        pub topic: String,
        pub subject_id: i64,
        pub payload: Vec<u8>,
        pub available_at: DateTimeUtc,
        pub attempts: i32,
        pub last_error: Option<String>,
        pub parked_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
