//! Packages, and the creation of orders.

use chrono::{DateTime, Utc};
use domain::{
    StorageError, TokenPackage, UserId,
    page::{Page, PageRequest},
    tokens::{CheckoutOrder, NewOrder, ORDER_LIFETIME, Order, OrderId, OwedView, PaymentError},
};
use thiserror::Error;

use super::{PaymentService, due_orders::GRACE};

#[derive(Debug, Error)]
pub enum PurchaseError {
    #[error("there is no such package")]
    InvalidPackage,
    /// No provider is configured, or it does not answer.
    #[error("payments are not possible now")]
    Unavailable,
    #[error("the payment provider refused: {code}")]
    Refused { code: String },
    #[error("there is no such account")]
    NoAccount,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A created order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOrder {
    pub id: OrderId,
    pub package: TokenPackage,
    pub payment_url: String,
    pub expires_at: DateTime<Utc>,
}

impl PaymentService {
    /// Packages on sale, in display order.
    pub async fn packages(&self) -> Result<Vec<TokenPackage>, StorageError> {
        self.queries.packages().await
    }

    /// Creates an order. The payment is created first and the order is stored second. After a crash in between, the
    /// payment is never confirmed, so no money is lost.
    pub async fn purchase(&self, buyer: UserId, package: &str) -> Result<PlacedOrder, PurchaseError> {
        let packages = self.queries.packages().await?;
        let found = packages.into_iter().find(|item| item.code == package);
        let package = found.ok_or(PurchaseError::InvalidPackage)?;
        let provider = self.provider.as_deref().ok_or(PurchaseError::Unavailable)?;
        let id = OrderId::from_uuid(self.ids.uuid());
        // Computed before the provider's payment is created, so the order expires first.
        let now = self.clock.now();
        let expires_at = now + ORDER_LIFETIME;
        let checkout = CheckoutOrder {
            order_id: id.to_string(),
            name: format!("Style License {} tokens", package.amount),
            price: package.price.clone(),
        };
        let checkout = provider.checkout(&checkout).await.map_err(purchase_error)?;
        let order = NewOrder {
            id: id.clone(),
            buyer,
            package: package.code.clone(),
            amount: package.amount,
            price: package.price.clone(),
            payment_key: checkout.payment_key,
            payment_url: checkout.url.clone(),
            expires_at,
            check_at: expires_at + GRACE,
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

    /// An order of `viewer`; `None` when another user owns it.
    pub async fn order(&self, id: &OrderId, viewer: UserId) -> Result<Option<Order>, StorageError> {
        let order = self.purchases.find(id).await?;
        Ok(order.filter(|order| order.buyer == Some(viewer)))
    }

    /// A page of tokens that buyers owe, because they spent them before their payment was canceled.
    pub async fn owed(&self, page: PageRequest) -> Result<Page<OwedView>, StorageError> {
        self.queries.owed(page).await
    }
}

/// No order exists yet, so an unknown result at the provider has no effect.
fn purchase_error(error: PaymentError) -> PurchaseError {
    match error {
        PaymentError::Refused { code, .. } => PurchaseError::Refused { code },
        PaymentError::Unknown(reason) => {
            tracing::warn!(%reason, "the payment provider cannot create a payment");
            PurchaseError::Unavailable
        }
        PaymentError::Misconfigured(reason) => {
            tracing::error!(%reason, "the payment provider does not accept our calls");
            PurchaseError::Unavailable
        }
    }
}
