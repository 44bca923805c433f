//! Ledger entries: kinds, unique keys, debited and credited accounts.

use std::fmt;
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use crate::{ArtistId, GenerationId, Tokens, UserId};

/// A ledger account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Source of bought and granted tokens.
    Platform,
    Available(UserId),
    /// Held for the user's open generations.
    Held(UserId),
    Earned(ArtistId),
}

impl Account {
    /// As stored, beside the user's id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Available(_) => "available",
            Self::Held(_) => "held",
            Self::Earned(_) => "earned",
        }
    }

    pub fn user(self) -> Option<UserId> {
        match self {
            Self::Platform => None,
            Self::Available(id) | Self::Held(id) | Self::Earned(id) => Some(id),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum EntryKind {
    Welcome,
    /// A paid order.
    Purchase,
    /// A new generation holds its price.
    Hold,
    /// A completed generation pays the artist.
    Capture,
    /// A failed or canceled generation releases its price.
    Release,
    /// A paid order was canceled at the payment provider.
    PurchaseReversal,
    /// A correction by an administrator, or the remaining tokens of an erased account.
    Adjustment,
}

crate::string_enum::string_enum! { EntryKind }

/// Unique key of an entry, which makes it idempotent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey(String);

impl EntryKey {
    /// One welcome bonus per user.
    pub fn welcome(user: UserId) -> Self {
        Self(format!("welcome:{user}"))
    }

    /// One credit per order.
    pub fn purchase(order: &str) -> Self {
        Self(format!("purchase:{order}"))
    }

    /// One reversal per order.
    pub fn reversal(order: &str) -> Self {
        Self(format!("purchase_reversal:{order}"))
    }

    /// One hold per generation.
    pub fn hold(generation: GenerationId) -> Self {
        Self(format!("hold:{generation}"))
    }

    /// One settlement per generation: capture or release.
    pub fn settle(generation: GenerationId) -> Self {
        Self(format!("settle:{generation}"))
    }

    /// The caller chooses a unique `name`.
    pub fn adjustment(name: &str) -> Self {
        Self(format!("adjustment:{name}"))
    }

    /// Available tokens of an erased account; once per user.
    pub fn erased_wallet(user: UserId) -> Self {
        Self::adjustment(&format!("erasure:{user}:available"))
    }

    /// Earned tokens of an erased artist; once per artist.
    pub fn erased_earnings(artist: ArtistId) -> Self {
        Self::adjustment(&format!("erasure:{artist}:earned"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A ledger entry: one movement of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenTransaction {
    pub key: EntryKey,
    pub kind: EntryKind,
    /// Positive.
    pub amount: Tokens,
    pub debit: Account,
    pub credit: Account,
    pub generation: Option<GenerationId>,
}

impl TokenTransaction {
    /// The welcome bonus at the first login.
    pub fn welcome(user: UserId) -> Self {
        Self {
            key: EntryKey::welcome(user),
            kind: EntryKind::Welcome,
            amount: Tokens::WELCOME_BONUS,
            debit: Account::Platform,
            credit: Account::Available(user),
            generation: None,
        }
    }

    /// A paid order.
    pub fn purchase(order: &str, user: UserId, amount: Tokens) -> Self {
        Self {
            key: EntryKey::purchase(order),
            kind: EntryKind::Purchase,
            amount,
            debit: Account::Platform,
            credit: Account::Available(user),
            generation: None,
        }
    }

    /// Takes back the tokens of a canceled order, as far as the buyer still has them.
    pub fn reversal(order: &str, user: UserId, amount: Tokens) -> Self {
        Self {
            key: EntryKey::reversal(order),
            kind: EntryKind::PurchaseReversal,
            amount,
            debit: Account::Available(user),
            credit: Account::Platform,
            generation: None,
        }
    }

    /// A new generation holds its price.
    pub fn hold(generation: GenerationId, user: UserId, amount: Tokens) -> Self {
        Self {
            key: EntryKey::hold(generation),
            kind: EntryKind::Hold,
            amount,
            debit: Account::Available(user),
            credit: Account::Held(user),
            generation: Some(generation),
        }
    }

    /// A completed generation pays the artist.
    pub fn capture(generation: GenerationId, user: UserId, artist: ArtistId, amount: Tokens) -> Self {
        Self {
            key: EntryKey::settle(generation),
            kind: EntryKind::Capture,
            amount,
            debit: Account::Held(user),
            credit: Account::Earned(artist),
            generation: Some(generation),
        }
    }

    /// Moves the available tokens of an erased account to the platform.
    pub fn erased_wallet(user: UserId, amount: Tokens) -> Self {
        Self {
            key: EntryKey::erased_wallet(user),
            kind: EntryKind::Adjustment,
            amount,
            debit: Account::Available(user),
            credit: Account::Platform,
            generation: None,
        }
    }

    /// Moves the earned tokens of an erased artist to the platform.
    pub fn erased_earnings(artist: ArtistId, amount: Tokens) -> Self {
        Self {
            key: EntryKey::erased_earnings(artist),
            kind: EntryKind::Adjustment,
            amount,
            debit: Account::Earned(artist),
            credit: Account::Platform,
            generation: None,
        }
    }

    /// A failed or canceled generation releases its price.
    pub fn release(generation: GenerationId, user: UserId, amount: Tokens) -> Self {
        Self {
            key: EntryKey::settle(generation),
            kind: EntryKind::Release,
            amount,
            debit: Account::Held(user),
            credit: Account::Available(user),
            generation: Some(generation),
        }
    }
}
