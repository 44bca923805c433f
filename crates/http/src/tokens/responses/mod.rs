//! Response types of `/api/tokens`.

mod purchases;

pub use purchases::{CreatedOrder, PackageOffer, PaymentEventResult, PurchaseOrder};

use application::media_urls::MediaUrls;
use domain::tokens::{BalanceView, EntryKind, TransactionView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{
    enums::{Currency, TransactionStatus},
    envelope::{MoneyAmount, Timestamp},
    error::ApiError,
    responses::{AccountRef, StyleRef, media_url},
};

/// Token balance of the current account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Balance {
    #[schema(example = 12)]
    pub user_id: i64,
    /// Available tokens, without held tokens.
    #[schema(example = 70, minimum = 0)]
    pub token_balance: i64,
    /// Tokens held for unfinished generations.
    #[schema(example = 30, minimum = 0)]
    pub held_tokens: i64,
    /// Tokens earned as an artist; null for other accounts.
    #[schema(minimum = 0, required)]
    pub artist_earned_balance: Option<i64>,
}

impl From<BalanceView> for Balance {
    fn from(balance: BalanceView) -> Self {
        Self {
            user_id: balance.user_id.0,
            token_balance: balance.available.get(),
            held_tokens: balance.held.get(),
            artist_earned_balance: balance.earned.map(domain::Tokens::get),
        }
    }
}

/// The generation of a usage.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedGeneration {
    #[schema(example = 31)]
    pub id: i64,
    /// URL of the image; null until it is completed, or if it is not visible to the current account.
    #[schema(required)]
    pub result_url: Option<String>,
}

/// Type of a transaction.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionType {
    Welcome,
    Purchase,
    Usage,
    Refund,
    Adjustment,
}

/// A transfer of tokens. A usage is a single transaction: `pending` while its tokens are held, `completed` when they are
/// captured, `failed` and `refunded` when they are released. A `refund` is a canceled purchase.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transaction {
    #[schema(example = 100)]
    pub id: i64,
    pub r#type: TransactionType,
    /// Number of tokens.
    #[schema(example = 30, minimum = 1)]
    pub amount: i64,
    /// Price per token; null unless it is a purchase.
    #[schema(required)]
    pub price_per_token: Option<MoneyAmount>,
    /// Total price; null unless it is a purchase.
    #[schema(required)]
    pub total_price: Option<MoneyAmount>,
    /// Null unless it is a purchase.
    #[schema(required)]
    pub currency_code: Option<Currency>,
    pub status: TransactionStatus,
    /// Whether the held tokens were released.
    pub refunded: bool,
    #[schema(example = "Image generation")]
    pub memo: String,
    pub created_at: Timestamp,
    /// The debited account; null for the platform.
    #[schema(required)]
    pub sender: Option<AccountRef>,
    /// The credited account; null for the platform.
    #[schema(required)]
    pub receiver: Option<AccountRef>,
    /// The style of the generation.
    #[schema(required)]
    pub related_style: Option<StyleRef>,
    #[schema(required)]
    pub related_generation: Option<RelatedGeneration>,
}

impl Transaction {
    pub async fn of(view: TransactionView, media: &MediaUrls) -> Result<Self, ApiError> {
        let related_generation = match view.generation {
            Some((id, image)) => Some(RelatedGeneration {
                id,
                result_url: media_url(media, image.as_ref()).await?,
            }),
            None => None,
        };
        let per_token = view.price.as_ref().and_then(|price| price.per_token(view.amount));
        let failed = view.status == domain::tokens::TransactionStatus::Failed;
        let (r#type, memo) = type_and_memo(view.kind);
        Ok(Self {
            id: view.id,
            r#type,
            amount: view.amount.get(),
            price_per_token: per_token.map(MoneyAmount),
            total_price: view.price.as_ref().map(|price| MoneyAmount(price.amount)),
            currency_code: view.price.map(|price| Currency(price.currency)),
            status: view.status.into(),
            refunded: failed,
            memo: view.memo.unwrap_or_else(|| memo.to_owned()),
            created_at: Timestamp(view.created_at),
            sender: view.sender.map(AccountRef::from),
            receiver: view.receiver.map(AccountRef::from),
            related_style: view.style.map(StyleRef::from),
            related_generation,
        })
    }
}

/// Captures and releases are not separate transactions: they change the status of the transaction of their hold.
fn type_and_memo(kind: EntryKind) -> (TransactionType, &'static str) {
    use TransactionType as T;
    match kind {
        EntryKind::Welcome => (T::Welcome, "Welcome Bonus"),
        EntryKind::Purchase => (T::Purchase, "Token purchase"),
        EntryKind::Hold | EntryKind::Capture | EntryKind::Release => (T::Usage, "Image generation"),
        EntryKind::PurchaseReversal => (T::Refund, "Purchase canceled"),
        EntryKind::Adjustment => (T::Adjustment, "Adjustment"),
    }
}
