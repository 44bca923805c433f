//! List fields.

use std::ops::RangeInclusive;

use domain::FieldError;

use super::{Fields, source::Raw};

impl Fields {
    /// A list with `count` entries, each checked by `parse`; the first bad entry is the list's fault. Missing or null
    /// is a fault. In a form: a repeated field or one JSON list.
    pub fn required_list<T>(
        &mut self,
        name: &str,
        count: RangeInclusive<usize>,
        parse: impl FnMut(&str) -> Result<T, FieldError>,
    ) -> Option<Vec<T>> {
        let Some(list) = self.source().take_list(name) else {
            self.fault(name, FieldError::Required);
            return None;
        };
        let read = list.and_then(|raws| entries(raws, &count, parse));
        self.keep(name, read)
    }

    /// A list like that, or nothing.
    pub fn optional_list<T>(
        &mut self,
        name: &str,
        count: RangeInclusive<usize>,
        parse: impl FnMut(&str) -> Result<T, FieldError>,
    ) -> Option<Vec<T>> {
        let list = self.source().take_list(name)?;
        let read = list.and_then(|raws| entries(raws, &count, parse));
        self.keep(name, read)
    }

    /// A query's list: `tags=a,b` or `tags=a&tags=b`. Blank entries do not count; no entry at all is an empty list.
    pub fn words<T>(
        &mut self,
        name: &str,
        most: usize,
        mut parse: impl FnMut(&str) -> Result<T, FieldError>,
    ) -> Option<Vec<T>> {
        let Some(list) = self.source().take_list(name) else {
            return Some(Vec::new());
        };
        let read = list.and_then(|raws| {
            let texts = raws.into_iter().map(Raw::text).collect::<Result<Vec<_>, _>>()?;
            let words = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            if words.len() > most {
                return Err(FieldError::WrongCount { min: 0, max: most });
            }
            words.into_iter().map(&mut parse).collect()
        });
        self.keep(name, read)
    }
}

fn entries<T>(
    raws: Vec<Raw>,
    count: &RangeInclusive<usize>,
    mut parse: impl FnMut(&str) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    if !count.contains(&raws.len()) {
        return Err(FieldError::WrongCount {
            min: *count.start(),
            max: *count.end(),
        });
    }
    raws.into_iter().map(|raw| parse(&raw.text()?)).collect()
}

#[cfg(test)]
mod tests {
    use domain::styles::TagName;

    use super::*;

    fn form(values: &[&str]) -> Fields {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Fields::of_texts([("tags".to_owned(), values)].into())
    }

    fn tags(fields: &mut Fields) -> Option<Vec<String>> {
        fields.required_list("tags", 1..=2, |raw| {
            TagName::parse(raw).map(|tag| tag.as_str().to_owned())
        })
    }

    #[test]
    fn a_form_sends_a_list_as_repeated_fields_or_as_json() {
        assert_eq!(tags(&mut form(&["a", "b"])).unwrap(), ["a", "b"]);
        assert_eq!(tags(&mut form(&["[\"a\", \"b\"]"])).unwrap(), ["a", "b"]);
        assert_eq!(tags(&mut form(&["[1]"])), None);
        assert_eq!(tags(&mut form(&["[oops"])), None);
        assert_eq!(tags(&mut form(&["a", "b", "c"])), None);
    }

    #[test]
    fn a_query_sends_a_list_with_commas() {
        let mut fields = form(&["a, b,,", "c"]);
        assert_eq!(
            fields.words("tags", 3, |raw| Ok(raw.to_owned())).unwrap(),
            ["a", "b", "c"]
        );
        assert_eq!(form(&["a,b"]).words("tags", 1, |raw| Ok(raw.to_owned())), None);
        assert!(
            form(&["a"])
                .words("other", 1, |raw| Ok(raw.to_owned()))
                .unwrap()
                .is_empty()
        );
    }
}
