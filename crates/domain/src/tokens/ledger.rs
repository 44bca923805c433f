//! Entries: kinds, keys, and who is debited and credited.

use std::fmt;

use crate::{ArtistId, FieldError, GenerationId, Tokens, UserId};

/// Where tokens are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The platform: tokens come from here when bought or given, and return here.
    Platform,
    Available(UserId),
    /// Set aside for a user's open requests.
    Held(UserId),
    Earned(ArtistId),
}

impl Account {
    /// The word stored beside the user's id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Available(_) => "available",
            Self::Held(_) => "held",
            Self::Earned(_) => "earned",
        }
    }

    /// The user whose account it is; none for the platform.
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::Platform => None,
            Self::Available(id) | Self::Held(id) | Self::Earned(id) => Some(id),
        }
    }
}

/// Why tokens move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Welcome,
    /// A paid order.
    Purchase,
    /// A request sets its price aside.
    Hold,
    /// A finished image pays its artist.
    Capture,
    /// A failed or withdrawn request gives its price back.
    Release,
    /// A paid order was canceled at the payment provider.
    PurchaseReversal,
    /// An admin's correction, or the remainder of an erased account.
    Adjustment,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Welcome,
        Self::Purchase,
        Self::Hold,
        Self::Capture,
        Self::Release,
        Self::PurchaseReversal,
        Self::Adjustment,
    ];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Purchase => "purchase",
            Self::Hold => "hold",
            Self::Capture => "capture",
            Self::Release => "release",
            Self::PurchaseReversal => "purchase_reversal",
            Self::Adjustment => "adjustment",
        }
    }

    /// Reads the word stored.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let allowed = "welcome, purchase, hold, capture, release, purchase_reversal, adjustment";
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or(FieldError::NotOneOf { allowed })
    }
}

/// What makes a movement unique.
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

    /// One settlement per generation, be it capture or release.
    pub fn settle(generation: GenerationId) -> Self {
        Self(format!("settle:{generation}"))
    }

    /// An adjustment, named by whoever makes it.
    pub fn adjustment(name: &str) -> Self {
        Self(format!("adjustment:{name}"))
    }

    /// What an erased account still had to spend; once per user.
    pub fn erased_wallet(user: UserId) -> Self {
        Self::adjustment(&format!("erasure:{user}:available"))
    }

    /// What an erased artist had earned; once per artist.
    pub fn erased_earnings(artist: ArtistId) -> Self {
        Self::adjustment(&format!("erasure:{artist}:earned"))
    }

    /// The key as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One movement of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Unique key.
    pub key: EntryKey,
    pub kind: EntryKind,
    /// How many, more than none.
    pub amount: Tokens,
    /// From where.
    pub debit: Account,
    pub credit: Account,
    pub generation: Option<GenerationId>,
}

impl Entry {
    /// 100 tokens at the first login.
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

    /// What a buyer still has of a canceled order's tokens returns to the platform.
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

    /// A request sets its price aside.
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

    /// A finished image pays its artist.
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

    /// What an erased account still had to spend returns to the platform.
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

    /// What an erased artist had earned returns to the platform.
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

    /// A failed or withdrawn request gives its price back.
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
