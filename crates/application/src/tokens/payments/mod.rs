//! Buying tokens: orders, their payments at the provider, and what the one does to the other.
//!
//! Nothing that arrives is believed: a browser that returns and a webhook only say which order to look at. The payment is
//! read (or confirmed) at the provider, [`OrderState::after`](domain::tokens::OrderState::after) decides, and one
//! statement writes it, guarded by the state that was read. So an order is granted once, whatever arrives, how often and
//! in what order.

mod confirm;
mod purchase;
mod reconcile;
mod returns;
mod settle;
mod sweep;

use std::sync::Arc;

use domain::{
    StorageError,
    clock::{Clock, Ids},
    tokens::{PaymentError, PaymentProvider, PurchaseQueries, Purchases},
};
use thiserror::Error;
use tokio::sync::Semaphore;

pub use purchase::{PlacedOrder, PurchaseError};
pub use reconcile::{Reconciled, Span};
pub use returns::{ReturnError, Returned};
pub use settle::OrderOutcome;

/// Sells tokens.
#[derive(Clone)]
pub struct PaymentService {
    pub purchases: Arc<dyn Purchases>,
    pub queries: Arc<dyn PurchaseQueries>,
    /// None: no provider is named, and nothing can be bought.
    pub provider: Option<Arc<dyn PaymentProvider>>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// Turns for looking at what anybody says, in the whole process: confirmations are never kept waiting by them.
static HINTS: Semaphore = Semaphore::const_new(4);

/// Why an order cannot be settled now.
#[derive(Debug, Error)]
pub enum SettleError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The payment cannot be read: nothing was decided.
    #[error(transparent)]
    Provider(#[from] PaymentError),
    /// No provider is named.
    #[error("no payment provider is named")]
    NoProvider,
    /// Too much is said at once: say it again.
    #[error("too many reports about payments at once")]
    Busy,
}

impl PaymentService {
    fn provider(&self) -> Result<&dyn PaymentProvider, SettleError> {
        self.provider.as_deref().ok_or(SettleError::NoProvider)
    }
}
