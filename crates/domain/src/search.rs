//! What people search for.

use crate::{Fault, text};

text::text_type! {
    /// A search text, found anywhere in a name or a tag whatever its case; a short one at the beginning only.
    SearchText, 1, 100
}

/// Where the text must stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchPattern {
    /// Anywhere: in lower case, for `LIKE`, with the signs of `LIKE` taken literally.
    Anywhere(String),
    /// At the beginning: from the first text to before the second, byte by byte.
    Beginning(String, String),
}

impl SearchText {
    /// Fewest characters that are looked for anywhere: a trigram has three.
    const TRIGRAM: usize = 3;

    /// Where to look.
    pub fn pattern(&self) -> SearchPattern {
        let text = self.as_str().to_lowercase();
        if text.chars().count() < Self::TRIGRAM {
            let end = format!("{text}{}", char::MAX);
            return SearchPattern::Beginning(text, end);
        }
        let mut pattern = String::with_capacity(text.len() + 2);
        pattern.push('%');
        for sign in text.chars() {
            if matches!(sign, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(sign);
        }
        pattern.push('%');
        SearchPattern::Anywhere(pattern)
    }
}

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchScope {
    /// Styles and artists.
    #[default]
    All,
    /// Styles.
    Styles,
    /// Artists.
    Artists,
}

impl SearchScope {
    /// Reads the word on the wire.
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        match raw {
            "all" => Ok(Self::All),
            "styles" => Ok(Self::Styles),
            "artists" => Ok(Self::Artists),
            _ => Err(Fault::NotOneOf {
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
        assert_eq!(
            pattern("50%_\\X"),
            SearchPattern::Anywhere("%50\\%\\_\\\\x%".into())
        );
    }

    #[test]
    fn a_short_text_must_begin_it() {
        let SearchPattern::Beginning(from, to) = pattern(" 수채 ") else {
            panic!("two characters make no trigram");
        };
        assert_eq!(from, "수채");
        assert!("수채화".as_bytes() < to.as_bytes() && to.as_bytes() < "수책".as_bytes());
        assert_eq!(SearchText::parse("  "), Err(Fault::Required));
    }
}
