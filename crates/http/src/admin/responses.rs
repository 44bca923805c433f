//! Response types of `/api/admin`.

use domain::tokens::OwedView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::Timestamp, responses::AccountRef};

/// A canceled purchase of which the buyer had already spent some tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwedTokens {
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// The buyer; null if the account is deleted.
    #[schema(required)]
    pub user: Option<AccountRef>,
    #[schema(example = "basic_100")]
    pub package_id: String,
    /// Number of tokens ordered.
    #[schema(example = 100, minimum = 1)]
    pub amount_tokens: i64,
    /// Number of tokens spent before the cancellation.
    #[schema(example = 30, minimum = 1)]
    pub owed_tokens: i64,
    pub created_at: Timestamp,
    pub canceled_at: Timestamp,
}

impl From<OwedView> for OwedTokens {
    fn from(view: OwedView) -> Self {
        Self {
            order_id: view.order_id,
            user: view.buyer.map(AccountRef::from),
            package_id: view.package,
            amount_tokens: view.amount.get(),
            owed_tokens: view.owed.get(),
            created_at: Timestamp(view.created_at),
            canceled_at: Timestamp(view.canceled_at),
        }
    }
}
