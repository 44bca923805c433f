//! Amounts of tokens and money.

use std::fmt;

use rust_decimal::Decimal;

use crate::FieldError;

/// A number of whole tokens, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tokens(i64);

impl Tokens {
    pub const ZERO: Self = Self(0);

    /// Granted once to every new account ("Welcome Bonus").
    pub const WELCOME_BONUS: Self = Self(100);

    pub fn new(amount: i64) -> Result<Self, FieldError> {
        if amount < 0 {
            Err(FieldError::OutOfRange {
                min: 0,
                max: i64::MAX,
            })
        } else {
            Ok(Self(amount))
        }
    }

    pub fn get(self) -> i64 {
        self.0
    }

    /// `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `None` when the result is negative.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).filter(|rest| *rest >= 0).map(Self)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An exact amount of a real currency. At most two decimals are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// In the currency's main unit (won, not jeon).
    pub amount: Decimal,
    /// ISO 4217 code.
    pub currency: String,
}

impl Money {
    /// The price per token, rounded to two decimals. `None` when `count` is zero.
    pub fn per_token(&self, count: Tokens) -> Option<Decimal> {
        self.amount
            .checked_div(Decimal::from(count.get()))
            .map(|price| price.round_dp(2))
    }
}

/// A package of tokens. Packages and prices are stored in the database and never taken from the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPackage {
    /// `basic_100`
    pub code: String,
    pub amount: Tokens,
    pub price: Money,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_never_negative() {
        assert!(Tokens::new(-1).is_err());
        let (three, five) = (Tokens(3), Tokens(5));
        assert_eq!(five.checked_sub(three), Some(Tokens(2)));
        assert_eq!(three.checked_sub(five), None);
        assert_eq!(Tokens(i64::MAX).checked_add(three), None);
    }

    #[test]
    fn the_price_per_token_is_exact() {
        let price = Money {
            amount: Decimal::from(45_000),
            currency: "KRW".into(),
        };
        assert_eq!(price.per_token(Tokens(500)), Some(Decimal::from(90)));
        assert_eq!(price.per_token(Tokens::ZERO), None);
    }
}
