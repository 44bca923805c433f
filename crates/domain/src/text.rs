//! One way to bound text, shared by every text value type.

use crate::Fault;

/// Trims `raw` and checks its length in characters. Line breaks and tabs are kept, other control characters refused.
pub(crate) fn bounded(raw: &str, min: usize, max: usize) -> Result<String, Fault> {
    let trimmed = raw.trim();
    if trimmed
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Fault::ForbiddenCharacter);
    }
    let length = trimmed.chars().count();
    if length == 0 && min > 0 {
        Err(Fault::Required)
    } else if length < min {
        Err(Fault::TooShort { min })
    } else if length > max {
        Err(Fault::TooLong { max })
    } else {
        Ok(trimmed.to_owned())
    }
}

/// Declares a text value type with private content, made by parsing.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $min:expr, $max:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Fewest characters.
            pub const MIN: usize = $min;
            /// Most characters.
            pub const MAX: usize = $max;

            /// Trims and checks `raw`.
            pub fn parse(raw: &str) -> Result<Self, $crate::Fault> {
                $crate::text::bounded(raw, Self::MIN, Self::MAX).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use text_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_after_trimming() {
        assert_eq!(bounded("  한글  ", 2, 2), Ok("한글".to_owned()));
        assert_eq!(bounded("   ", 1, 5), Err(Fault::Required));
        assert_eq!(bounded("ab", 3, 5), Err(Fault::TooShort { min: 3 }));
        assert_eq!(bounded("abcdef", 3, 5), Err(Fault::TooLong { max: 5 }));
    }

    #[test]
    fn control_characters_are_refused_but_line_breaks_kept() {
        assert_eq!(bounded("a\0b", 1, 5), Err(Fault::ForbiddenCharacter));
        assert_eq!(bounded("a\nb", 1, 5), Ok("a\nb".to_owned()));
    }
}
