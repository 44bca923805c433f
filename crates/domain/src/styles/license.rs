//! The right to use that every image carries.

use crate::FieldError;

/// What an image may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LicenseKind {
    /// Private use.
    #[default]
    Personal,
    Commercial,
    /// Use in trade, by the buyer alone.
    Exclusive,
}

impl LicenseKind {
    /// The words allowed.
    pub const WORDS: &'static str = "personal, commercial, exclusive";

    /// Reads the word on the wire.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        match raw {
            "personal" => Ok(Self::Personal),
            "commercial" => Ok(Self::Commercial),
            "exclusive" => Ok(Self::Exclusive),
            _ => Err(FieldError::NotOneOf { allowed: Self::WORDS }),
        }
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Commercial => "commercial",
            Self::Exclusive => "exclusive",
        }
    }
}
