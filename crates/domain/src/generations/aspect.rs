//! Shapes an image can have.

use crate::FieldError;

/// A shape, named as the web client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AspectRatio {
    /// `1:1`, 512×512.
    Square,
    /// `2:2`, 1024×1024.
    LargeSquare,
    /// `1:2`, 512×1024.
    Portrait,
}

impl AspectRatio {
    /// Every shape.
    pub const ALL: [Self; 3] = [Self::Square, Self::LargeSquare, Self::Portrait];

    /// Reads the word on the wire.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        Self::ALL
            .into_iter()
            .find(|a| a.as_str() == raw)
            .ok_or(FieldError::NotOneOf {
                allowed: "1:1, 2:2, 1:2",
            })
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Square => "1:1",
            Self::LargeSquare => "2:2",
            Self::Portrait => "1:2",
        }
    }

    /// Width and height in pixels.
    pub fn pixels(self) -> (u32, u32) {
        match self {
            Self::Square => (512, 512),
            Self::LargeSquare => (1024, 1024),
            Self::Portrait => (512, 1024),
        }
    }
}
