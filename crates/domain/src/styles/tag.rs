//! Tags: English, lower-case.

use std::collections::BTreeSet;

use crate::FieldError;

/// A tag of `[a-z0-9 _'-]`, 1 to 100 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagName(String);

impl TagName {
    pub const MAX: usize = 100;

    /// Trims, lower-cases and checks `raw`.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let name = raw.trim().to_ascii_lowercase();
        if name.is_empty() {
            return Err(FieldError::Required);
        }
        if name.chars().count() > Self::MAX {
            return Err(FieldError::TooLong { max: Self::MAX });
        }
        let english = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || " _'-".contains(c));
        if english {
            Ok(Self(name))
        } else {
            Err(FieldError::TagLanguage)
        }
    }

    /// Wraps a tag that was validated before it was stored.
    pub fn from_stored(name: String) -> Self {
        Self(name)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tags of a style: its own, those of its images, and its name if it is a valid tag. Sorted, without
    /// duplicates.
    pub fn gather<'a>(
        own: &'a [Self],
        of_images: impl Iterator<Item = &'a Self>,
        name: Option<&'a Self>,
    ) -> Vec<Self> {
        own.iter()
            .chain(of_images)
            .chain(name)
            .cloned()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_english_and_lower_case() {
        assert_eq!(
            TagName::parse("  Oil Painting ").unwrap().as_str(),
            "oil painting"
        );
        assert_eq!(TagName::parse("수채화"), Err(FieldError::TagLanguage));
        assert_eq!(TagName::parse("a;b"), Err(FieldError::TagLanguage));
        assert_eq!(TagName::parse(" "), Err(FieldError::Required));
        assert_eq!(
            TagName::parse(&"a".repeat(101)),
            Err(FieldError::TooLong { max: 100 })
        );
    }

    #[test]
    fn tags_of_a_style_are_sorted_and_distinct() {
        let tag = |raw: &str| TagName::parse(raw).unwrap();
        let gathered = TagName::gather(
            &[tag("sea")],
            [tag("boat"), tag("sea")].iter(),
            Some(&tag("blue")),
        );
        assert_eq!(gathered, [tag("blue"), tag("boat"), tag("sea")]);
    }
}
