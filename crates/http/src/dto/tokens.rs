//! Balances and transactions.

use application::media_urls::MediaUrls;
use domain::{
    id::Named,
    tokens::{BalanceView, EntryKind, TransactionView},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{NamedDto, address};
use crate::{
    envelope::{MoneyAmount, Timestamp},
    error::ApiError,
};

/// What a person has.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceDto {
    /// The account.
    #[schema(example = 12)]
    pub user_id: i64,
    /// Spendable, without what is held.
    #[schema(example = 70)]
    pub token_balance: i64,
    /// Set aside for open requests.
    #[schema(example = 30)]
    pub held_tokens: i64,
    /// Earned as an artist; null for others.
    pub artist_earned_balance: Option<i64>,
}

impl From<BalanceView> for BalanceDto {
    fn from(balance: BalanceView) -> Self {
        Self {
            user_id: balance.user_id.0,
            token_balance: balance.available.get(),
            held_tokens: balance.held.get(),
            artist_earned_balance: balance.earned.map(domain::Tokens::get),
        }
    }
}

/// Somebody in a transaction.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyDto {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Name.
    #[schema(example = "demo_artist")]
    pub username: String,
}

impl From<Named> for PartyDto {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            username: named.name,
        }
    }
}

/// The request a usage was for.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedGenerationDto {
    /// Id.
    #[schema(example = 31)]
    pub id: i64,
    /// The image, once there and for whoever may see it.
    pub result_url: Option<String>,
}

/// One movement of tokens. A usage is one row: pending while held, completed when captured, failed and `refunded`
/// when released.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionDto {
    /// Id.
    #[schema(example = 100)]
    pub id: i64,
    /// `purchase`, `welcome`, `usage`, `refund` (a canceled order) or `adjustment`.
    #[serde(rename = "type")]
    #[schema(example = "usage")]
    pub kind: &'static str,
    /// Tokens.
    #[schema(example = 30)]
    pub amount: i64,
    /// Price of one token, for purchases.
    pub price_per_token: Option<MoneyAmount>,
    /// Price of all, for purchases.
    pub total_price: Option<MoneyAmount>,
    /// ISO 4217 code, for purchases.
    pub currency_code: Option<String>,
    /// `pending`, `completed` or `failed`.
    #[schema(example = "completed")]
    pub status: &'static str,
    /// Whether the tokens went back.
    pub refunded: bool,
    /// What it was for.
    #[schema(example = "Image generation")]
    pub memo: String,
    /// When.
    pub created_at: Timestamp,
    /// Whose tokens; null for the platform.
    pub sender: Option<PartyDto>,
    /// To whom; null for the platform.
    pub receiver: Option<PartyDto>,
    /// The style used.
    pub related_style: Option<NamedDto>,
    /// The request.
    pub related_generation: Option<RelatedGenerationDto>,
}

impl TransactionDto {
    /// Renders a transaction.
    pub async fn of(view: TransactionView, media: &MediaUrls) -> Result<Self, ApiError> {
        let related_generation = match view.generation {
            Some((id, image)) => Some(RelatedGenerationDto {
                id,
                result_url: address(media, image.as_ref()).await?,
            }),
            None => None,
        };
        let per_token = view.price.as_ref().and_then(|price| price.per_token(view.amount));
        let failed = view.status == domain::tokens::TransactionStatus::Failed;
        let (kind, memo) = kind_and_memo(view.kind);
        Ok(Self {
            id: view.id,
            kind,
            amount: view.amount.get(),
            price_per_token: per_token.map(MoneyAmount),
            total_price: view.price.as_ref().map(|price| MoneyAmount(price.amount)),
            currency_code: view.price.map(|price| price.currency),
            status: view.status.as_str(),
            refunded: failed,
            memo: view.memo.unwrap_or_else(|| memo.to_owned()),
            created_at: Timestamp(view.created_at),
            sender: view.sender.map(PartyDto::from),
            receiver: view.receiver.map(PartyDto::from),
            related_style: view.style.map(NamedDto::from),
            related_generation,
        })
    }
}

/// The word and the memo of a kind. Settlements have no row of their own: they show in their hold's.
fn kind_and_memo(kind: EntryKind) -> (&'static str, &'static str) {
    match kind {
        EntryKind::Welcome => ("welcome", "Welcome Bonus"),
        EntryKind::Purchase => ("purchase", "Token purchase"),
        EntryKind::Hold | EntryKind::Capture | EntryKind::Release => ("usage", "Image generation"),
        EntryKind::PurchaseReversal => ("refund", "Purchase canceled"),
        EntryKind::Adjustment => ("adjustment", "Adjustment"),
    }
}
