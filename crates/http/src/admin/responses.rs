//! Owed tokens.

use domain::ports::queries::OwedView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::Timestamp, responses::AccountRef};

/// Tokens of a canceled order that its buyer had spent already.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwedTokens {
    /// The order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// The buyer; null once the account is erased.
    pub user: Option<AccountRef>,
    /// What was ordered.
    #[schema(example = "basic_100")]
    pub package_id: String,
    /// Tokens ordered.
    #[schema(example = 100)]
    pub amount_tokens: i64,
    /// Of these, spent and owed.
    #[schema(example = 30)]
    pub owed_tokens: i64,
    /// When the order was made.
    pub created_at: Timestamp,
    /// When it was canceled.
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
