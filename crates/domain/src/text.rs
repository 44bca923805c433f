//! Validation of text, shared by all text value types.

use unicode_normalization::UnicodeNormalization;

use crate::FieldError;

/// Trims `raw` and checks its length in characters. Allows line breaks and tabs, but no other control characters. Text
/// of invisible characters counts as empty.
pub(crate) fn bounded(raw: &str, min: usize, max: usize) -> Result<String, FieldError> {
    let trimmed = raw.trim();
    if trimmed
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(FieldError::ForbiddenCharacter);
    }
    let length = trimmed.chars().count();
    if min > 0 && trimmed.chars().all(is_invisible) {
        Err(FieldError::Required)
    } else if length < min {
        Err(FieldError::TooShort { min })
    } else if length > max {
        Err(FieldError::TooLong { max })
    } else {
        Ok(trimmed.to_owned())
    }
}

/// Like [`bounded`], for names: no line breaks, tabs or bidirectional control characters. Normalized to NFC, so that
/// equal looking names compare equal.
pub(crate) fn one_line(raw: &str, min: usize, max: usize) -> Result<String, FieldError> {
    let composed: String = raw.nfc().collect();
    let line = bounded(&composed, min, max)?;
    if line
        .chars()
        .any(|c| c.is_control() || is_line_break_or_bidi_control(c))
    {
        return Err(FieldError::ForbiddenCharacter);
    }
    Ok(line)
}

/// Line and paragraph separators, and characters with the Unicode property `Bidi_Control`.
fn is_line_break_or_bidi_control(c: char) -> bool {
    matches!(
        c,
        '\u{2028}' | '\u{2029}' | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whitespace, characters with the Unicode property `Default_Ignorable_Code_Point`, and the blank braille pattern.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
                | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
                | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// Declares a text value type that is created by parsing. `one_line` is for names.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $min:expr, $max:expr) => {
        $crate::text::text_type! { @ $(#[$doc])* $name, $min, $max, bounded }
    };
    ($(#[$doc:meta])* $name:ident, $min:expr, $max:expr, one_line) => {
        $crate::text::text_type! { @ $(#[$doc])* $name, $min, $max, one_line }
    };
    (@ $(#[$doc:meta])* $name:ident, $min:expr, $max:expr, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            pub const MIN: usize = $min;
            pub const MAX: usize = $max;

            /// Trims and validates `raw`.
            pub fn parse(raw: &str) -> Result<Self, $crate::FieldError> {
                $crate::text::$check(raw, Self::MIN, Self::MAX).map(Self)
            }

            /// Wraps a text that was validated before it was stored.
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

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
    fn the_length_counts_characters_after_trimming() {
        assert_eq!(bounded("  한글  ", 2, 2), Ok("한글".to_owned()));
        assert_eq!(bounded("   ", 1, 5), Err(FieldError::Required));
        assert_eq!(bounded("ab", 3, 5), Err(FieldError::TooShort { min: 3 }));
        assert_eq!(bounded("abcdef", 3, 5), Err(FieldError::TooLong { max: 5 }));
    }

    #[test]
    fn invisible_text_is_empty() {
        for blank in [
            "\u{200B}",
            "\u{3164}\u{3164}\u{3164}",
            " \u{FEFF}\n\u{2800} ",
            "\u{AD}\u{2060}\u{E0041}",
        ] {
            assert_eq!(bounded(blank, 1, 50), Err(FieldError::Required), "{blank:?}");
            assert_eq!(one_line(blank, 3, 50), Err(FieldError::Required), "{blank:?}");
        }
        assert_eq!(bounded("\u{200B}", 0, 5), Ok("\u{200B}".to_owned()));
        // Zero-width joiners inside of emoji are kept.
        let family = "\u{1F469}\u{200D}\u{1F467}";
        assert_eq!(one_line(family, 1, 50), Ok(family.to_owned()));
    }

    #[test]
    fn a_name_has_no_line_breaks_or_bidi_controls() {
        for bad in [
            "a\nb",
            "a\rb",
            "a\tb",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{202E}b",
            "a\u{2066}b",
            "a\u{200F}b",
            "a\u{61C}b",
        ] {
            assert_eq!(
                one_line(bad, 1, 50),
                Err(FieldError::ForbiddenCharacter),
                "{bad:?}"
            );
        }
        assert_eq!(one_line(" 바다 \n", 1, 50), Ok("바다".to_owned()));
        assert_eq!(
            one_line("\u{1112}\u{1161}\u{11AB}e\u{301}", 2, 2),
            Ok("한é".to_owned())
        );
    }

    #[test]
    fn control_characters_except_line_breaks_are_refused() {
        assert_eq!(bounded("a\0b", 1, 5), Err(FieldError::ForbiddenCharacter));
        assert_eq!(bounded("a\nb", 1, 5), Ok("a\nb".to_owned()));
    }
}
