//! What people search for.

use unicode_normalization::UnicodeNormalization;

use crate::{FieldError, text};

text::text_type! {
    /// A search text, found anywhere in a name or a tag whatever its case; a short one at the beginning only.
    SearchText, 1, 100
}

/// Where the text must stand, in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPattern {
    pub beginning: String,
    /// What has it anywhere: for `LIKE`, with the signs of `LIKE` taken literally. Without it, only what begins with the
    /// text is found.
    pub anywhere: Option<String>,
}

impl SearchText {
    /// Fewest characters that are looked for anywhere: a trigram has three.
    const TRIGRAM: usize = 3;

    /// Where to look.
    pub fn pattern(&self) -> SearchPattern {
        // Names are stored composed.
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
        for sign in text.chars() {
            if matches!(sign, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(sign);
        }
        pattern.push('%');
        pattern
    }
}

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchScope {
    #[default]
    All,
    Styles,
    Artists,
}

impl SearchScope {
    /// Reads the word on the wire.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        match raw {
            "all" => Ok(Self::All),
            "styles" => Ok(Self::Styles),
            "artists" => Ok(Self::Artists),
            _ => Err(FieldError::NotOneOf {
                allowed: "all, styles, artists",
            }),
        }
    }

    /// Whether styles are searched.
    pub fn has_styles(self) -> bool {
        self != Self::Artists
    }

    /// Whether artists are searched.
    pub fn has_artists(self) -> bool {
        self != Self::Styles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(raw: &str) -> SearchPattern {
        SearchText::parse(raw).unwrap().pattern()
    }

    #[test]
    fn the_signs_of_like_are_literal() {
        let found = pattern("50%_\\X");
        assert_eq!(found.anywhere.as_deref(), Some("%50\\%\\_\\\\X%"));
        assert_eq!(found.beginning, "50%_\\X");
    }

    #[test]
    fn a_short_text_must_begin_it() {
        let found = pattern(" 수채 ");
        assert_eq!(found.anywhere, None, "two characters make no trigram");
        assert_eq!(found.beginning, "수채");
        assert_eq!(SearchText::parse("  "), Err(FieldError::Required));
    }
}
