//! Amounts: whole tokens, and money of a real currency.

use std::fmt;

use rust_decimal::Decimal;

use crate::FieldError;

/// A number of whole tokens, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tokens(i64);

impl Tokens {
    /// No tokens.
    pub const ZERO: Self = Self(0);

    /// What every new account is given once ("Welcome Bonus").
    pub const WELCOME_BONUS: Self = Self(100);

    /// Takes `amount` when it is not negative.
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

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The sum, or `None` when it leaves the range of a 64-bit integer.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` when it would be negative: no balance goes below zero.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).filter(|rest| *rest >= 0).map(Self)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An exact amount of a real currency; at most two decimals are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// Exact amount in the currency's main unit (won, not jeon).
    pub amount: Decimal,
    /// ISO 4217 code.
    pub currency: String,
}

impl Money {
    /// The price of one of `count` tokens, rounded to two decimals.
    pub fn per_token(&self, count: Tokens) -> Option<Decimal> {
        self.amount
            .checked_div(Decimal::from(count.get()))
            .map(|price| price.round_dp(2))
    }
}

/// Tokens as they are sold. The list is in the database; prices live on the server only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPackage {
    /// What a buyer names it by, `basic_100`.
    pub code: String,
    /// How many tokens.
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
    fn a_price_per_token_is_exact() {
        let price = Money {
            amount: Decimal::from(45_000),
            currency: "KRW".into(),
        };
        assert_eq!(price.per_token(Tokens(500)), Some(Decimal::from(90)));
        assert_eq!(price.per_token(Tokens::ZERO), None);
    }
}
