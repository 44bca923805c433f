//! A payment at the provider.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use crate::Money;

/// Status of a payment (Toss Payments API, object `Payment`, field `status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentStatus {
    /// Created. The buyer has not authenticated it yet.
    Ready,
    /// Authenticated by the buyer. It waits for our confirmation.
    InProgress,
    /// A virtual account waits for its deposit.
    WaitingForDeposit,
    Done,
    /// Fully refunded.
    Canceled,
    /// Partly refunded.
    PartialCanceled,
    Aborted,
    /// Not confirmed in time.
    Expired,
}

crate::string_enum::string_enum! { PaymentStatus }

/// A payment as read from the provider, the only trusted source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// At most 200 characters.
    pub payment_key: String,
    pub order_id: String,
    pub status: PaymentStatus,
    /// The requested amount. Refunds do not reduce it.
    pub total: Money,
    pub approved_at: Option<DateTime<Utc>>,
}
