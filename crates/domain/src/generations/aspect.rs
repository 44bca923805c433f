//! Aspect ratios of images.

use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

/// The stored names are those of the web client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray, VariantNames)]
pub enum AspectRatio {
    /// `1:1`, 512×512.
    #[strum(serialize = "1:1")]
    Square,
    /// `2:2`, 1024×1024.
    #[strum(serialize = "2:2")]
    LargeSquare,
    /// `1:2`, 512×1024.
    #[strum(serialize = "1:2")]
    Portrait,
}

crate::string_enum::string_enum! { AspectRatio }

impl AspectRatio {
    /// Width and height in pixels.
    pub fn pixels(self) -> (u32, u32) {
        match self {
            Self::Square => (512, 512),
            Self::LargeSquare => (1024, 1024),
            Self::Portrait => (512, 1024),
        }
    }
}
