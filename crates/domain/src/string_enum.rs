//! Enums that are stored and sent as strings.

/// Adds `all`, `as_str` and `parse` to an enum that derives `EnumString`, `IntoStaticStr`, `VariantArray` and
/// `VariantNames`.
macro_rules! string_enum {
    ($name:ident) => {
        impl $name {
            pub fn all() -> impl Iterator<Item = Self> {
                <Self as strum::VariantArray>::VARIANTS.iter().copied()
            }

            /// The string as stored and sent.
            pub fn as_str(self) -> &'static str {
                self.into()
            }

            pub fn parse(raw: &str) -> Result<Self, $crate::FieldError> {
                raw.parse().map_err(|_| $crate::FieldError::NotOneOf {
                    allowed: <Self as strum::VariantNames>::VARIANTS,
                })
            }
        }
    };
}
pub(crate) use string_enum;
