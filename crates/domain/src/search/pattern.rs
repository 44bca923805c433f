//! Search texts and their SQL patterns.

use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use unicode_normalization::UnicodeNormalization;

use crate::text;

text::text_type! {
    /// A case-insensitive search text. It matches anywhere in a name or tag; under three characters only as a prefix.
    SearchText, 1, 100
}

/// The patterns to match, case-insensitive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPattern {
    pub beginning: String,
    /// `LIKE` pattern for a match anywhere, with wildcards escaped. `None`: prefix matches only.
    pub anywhere: Option<String>,
}

impl SearchText {
    /// A trigram index needs three characters.
    const TRIGRAM: usize = 3;

    pub fn pattern(&self) -> SearchPattern {
        // Names are stored in NFC.
        let text: String = self.as_str().nfc().collect();
        let anywhere = (text.chars().count() >= Self::TRIGRAM).then(|| Self::like(&text));
        SearchPattern {
            beginning: text,
            anywhere,
        }
    }

    fn like(text: &str) -> String {
        let mut pattern = String::with_capacity(text.len() + 2);
        pattern.push('%');
        for c in text.chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        pattern
    }
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, EnumString, IntoStaticStr, VariantArray, VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum SearchScope {
    #[default]
    All,
    Styles,
    Artists,
}

crate::string_enum::string_enum! { SearchScope }

impl SearchScope {
    pub fn has_styles(self) -> bool {
        self != Self::Artists
    }

    pub fn has_artists(self) -> bool {
        self != Self::Styles
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldError;

    fn pattern(raw: &str) -> SearchPattern {
        SearchText::parse(raw).unwrap().pattern()
    }

    #[test]
    fn like_wildcards_are_escaped() {
        let pattern = pattern("50%_\\X");
        assert_eq!(pattern.anywhere.as_deref(), Some("%50\\%\\_\\\\X%"));
        assert_eq!(pattern.beginning, "50%_\\X");
    }

    #[test]
    fn a_short_text_matches_as_prefix_only() {
        let pattern = pattern(" 수채 ");
        assert_eq!(pattern.anywhere, None, "two characters make no trigram");
        assert_eq!(pattern.beginning, "수채");
        assert_eq!(SearchText::parse("  "), Err(FieldError::Required));
    }
}
