//! The license of a style's images.

use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, EnumString, IntoStaticStr, VariantArray, VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum LicenseKind {
    #[default]
    Personal,
    Commercial,
    /// Commercial use by the buyer only.
    Exclusive,
}

crate::string_enum::string_enum! { LicenseKind }
