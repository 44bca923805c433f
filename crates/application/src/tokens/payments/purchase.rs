//! What can be bought, and placing an order.

use chrono::{DateTime, Utc};
use domain::{
    StorageError, TokenPackage, UserId,
    page::{Page, PageRequest},
    tokens::{CheckoutOrder, NewOrder, ORDER_LIFETIME, Order, OrderId, OwedView, PaymentError},
};
use thiserror::Error;

use super::{PaymentService, sweep::GRACE};

/// Why nothing was ordered.
#[derive(Debug, Error)]
pub enum PurchaseError {
    /// There is no such package.
    #[error("there is no such package")]
    InvalidPackage,
    /// Nothing can be bought now: no provider is named, or it does not answer.
    #[error("payments are not possible now")]
    Unavailable,
    /// The provider refuses the order.
    #[error("the payment provider refused: {code}")]
    Refused { code: String },
    #[error("the account is gone")]
    NoAccount,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// An order that waits for its payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOrder {
    pub id: OrderId,
    /// What was ordered and for how much.
    pub package: TokenPackage,
    pub payment_url: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl PaymentService {
    /// What can be bought, in the order it is offered.
    pub async fn packages(&self) -> Result<Vec<TokenPackage>, StorageError> {
        self.queries.packages().await
    }

    /// Orders a package. The payment is prepared first and the order stored second: a payment without an order is never
    /// confirmed, so nobody can lose money by a crash in between.
    pub async fn purchase(&self, buyer: UserId, package: &str) -> Result<PlacedOrder, PurchaseError> {
        let packages = self.queries.packages().await?;
        let chosen = packages.into_iter().find(|offered| offered.code == package);
        let package = chosen.ok_or(PurchaseError::InvalidPackage)?;
        let provider = self.provider.as_deref().ok_or(PurchaseError::Unavailable)?;
        let id = OrderId::of(self.ids.uuid());
        // The order is over before the provider's payment is: both live as long, and this one is made earlier.
        let now = self.clock.now();
        let expires_at = now + ORDER_LIFETIME;
        let checkout = CheckoutOrder {
            order_id: id.to_string(),
            name: format!("Style License {} tokens", package.amount),
            price: package.price.clone(),
        };
        let checkout = provider.checkout(&checkout).await.map_err(refused)?;
        let order = NewOrder {
            id: id.clone(),
            buyer,
            package: package.code.clone(),
            amount: package.amount,
            price: package.price.clone(),
            payment_key: checkout.payment_key,
            payment_url: checkout.url.clone(),
            expires_at,
            look_at: expires_at + GRACE,
            now,
        };
        if !self.purchases.add(order).await? {
            return Err(PurchaseError::NoAccount);
        }
        Ok(PlacedOrder {
            id,
            package,
            payment_url: checkout.url,
            expires_at,
        })
    }

    /// An order as its buyer sees it; `None` for anybody else.
    pub async fn order(&self, id: &OrderId, reader: UserId) -> Result<Option<Order>, StorageError> {
        let order = self.purchases.find(id).await?;
        Ok(order.filter(|order| order.buyer == Some(reader)))
    }

    /// A page of what buyers owe whose payments were taken back after they had spent the tokens.
    pub async fn owed(&self, page: PageRequest) -> Result<Page<OwedView>, StorageError> {
        self.queries.owed(page).await
    }
}

/// Nothing was ordered yet, so whether the provider has prepared something does not matter.
fn refused(error: PaymentError) -> PurchaseError {
    match error {
        PaymentError::Refused { code, .. } => PurchaseError::Refused { code },
        PaymentError::Unknown(reason) => {
            tracing::warn!(%reason, "no payment can be prepared");
            PurchaseError::Unavailable
        }
        PaymentError::Misconfigured(reason) => {
            tracing::error!(%reason, "the payment provider does not accept our calls");
            PurchaseError::Unavailable
        }
    }
}
