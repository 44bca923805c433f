//! Purchases of tokens: orders and their payments at the provider.
//!
//! Browser returns and webhooks are not trusted. They only name the order to check. The payment is read (or confirmed)
//! at the provider, [`OrderState::after`](domain::tokens::OrderState::after) decides, and one statement writes the
//! result, guarded by the state that was read. So an order is granted at most once, even if calls are repeated or
//! reordered.

mod confirm;
mod due_orders;
mod purchase;
mod reconcile;
mod returns;
mod settle;

use std::sync::Arc;

use domain::{
    StorageError,
    clock::{Clock, Ids},
    tokens::{PaymentError, PaymentProvider, PurchaseQueries, Purchases},
};
use thiserror::Error;
use tokio::sync::Semaphore;

pub use purchase::{PlacedOrder, PurchaseError};
pub use reconcile::{ReconcileReport, TimeRange};
pub use returns::{PaymentReturn, ReturnError};

/// The use cases of orders and payments.
#[derive(Clone)]
pub struct PaymentService {
    pub purchases: Arc<dyn Purchases>,
    pub queries: Arc<dyn PurchaseQueries>,
    /// `None` when no provider is configured. Then purchases are disabled.
    pub provider: Option<Arc<dyn PaymentProvider>>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// Limits unauthenticated payment reads per process. Confirmations are not limited.
static REFRESH_LIMIT: Semaphore = Semaphore::const_new(4);

/// Why an order cannot be settled now.
#[derive(Debug, Error)]
pub enum SettleError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The payment cannot be read. Nothing was written.
    #[error(transparent)]
    Provider(#[from] PaymentError),
    #[error("no payment provider is configured")]
    NoProvider,
    /// A retry may help.
    #[error("too many concurrent payment reads")]
    Busy,
}

impl PaymentService {
    fn provider(&self) -> Result<&dyn PaymentProvider, SettleError> {
        self.provider.as_deref().ok_or(SettleError::NoProvider)
    }
}
