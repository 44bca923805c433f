//! Entities of `wallets`, `token_packages`, `purchases`, `token_transactions` and `earning_deltas`.

pub(crate) mod wallet {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "wallets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: i64,
        pub available: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod package {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "token_packages")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub amount_tokens: i64,
        pub price: Decimal,
        pub currency_code: String,
        pub is_active: bool,
        pub position: i16,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod purchase {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "purchases")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: String,
        pub user_id: Option<i64>,
        pub package_code: String,
        pub amount_tokens: i64,
        pub total_price: Decimal,
        pub currency_code: String,
        pub status: String,
        pub payment_key: Option<String>,
        pub payment_url: Option<String>,
        pub provider_status: Option<String>,
        pub owed_tokens: i64,
        pub expires_at: DateTimeUtc,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub id: i64,
        pub look_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod transaction {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "token_transactions")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub key: String,
        pub kind: String,
        pub amount: i64,
        pub debit_account: String,
        pub debit_user_id: Option<i64>,
        pub credit_account: String,
        pub credit_user_id: Option<i64>,
        pub payee_id: Option<i64>,
        pub generation_id: Option<i64>,
        pub style_id: Option<i64>,
        pub order_id: Option<String>,
        pub memo: Option<String>,
        pub created_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod earning_delta {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "earning_deltas")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub transaction_id: i64,
        pub artist_id: i64,
        pub style_id: i64,
        pub amount: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
