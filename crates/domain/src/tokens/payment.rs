//! A payment as the provider shows it.

use chrono::{DateTime, Utc};

use crate::{FieldError, Money};

/// How far a payment is, in the provider's words (Toss Payments API, object `Payment`, field `status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentStatus {
    /// Made; the buyer has not paid yet.
    Ready,
    /// The buyer has agreed; it waits for our confirmation.
    InProgress,
    /// A virtual account waits for the money.
    WaitingForDeposit,
    Done,
    /// Paid, and all of it given back.
    Canceled,
    /// Paid, and a part of it given back.
    PartialCanceled,
    Aborted,
    /// Not confirmed in time.
    Expired,
}

impl PaymentStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::InProgress,
        Self::WaitingForDeposit,
        Self::Done,
        Self::Canceled,
        Self::PartialCanceled,
        Self::Aborted,
        Self::Expired,
    ];

    /// The word on the wire, which is also stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::InProgress => "IN_PROGRESS",
            Self::WaitingForDeposit => "WAITING_FOR_DEPOSIT",
            Self::Done => "DONE",
            Self::Canceled => "CANCELED",
            Self::PartialCanceled => "PARTIAL_CANCELED",
            Self::Aborted => "ABORTED",
            Self::Expired => "EXPIRED",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let allowed =
            "READY, IN_PROGRESS, WAITING_FOR_DEPOSIT, DONE, CANCELED, PARTIAL_CANCELED, ABORTED, EXPIRED";
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == raw)
            .ok_or(FieldError::NotOneOf { allowed })
    }
}

/// A payment as it was read from the provider, the only source that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's key, at most 200 characters.
    pub payment_key: String,
    /// Our order.
    pub order_id: String,
    pub status: PaymentStatus,
    /// What the buyer was asked for; cancellations do not lower it.
    pub total: Money,
    /// When the money was taken.
    pub approved_at: Option<DateTime<Utc>>,
}
