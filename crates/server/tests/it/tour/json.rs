//! JSON on the page: fields in their original order, short values on one line.

use std::iter::Peekable;
use std::str::CharIndices;

/// Maximum length of a value on one line, in characters.
const MAX_WIDTH: usize = 100;

/// A JSON value that keeps the order of fields and the text of scalars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    Scalar(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Parses valid JSON.
    pub fn read(text: &str) -> Self {
        value(text, &mut text.char_indices().peekable())
    }

    /// Replaces each string by `mask(field, string)`.
    pub fn masked(self, name: &str, mask: &impl Fn(&str, &str) -> String) -> Self {
        match self {
            Self::Scalar(text) if text.starts_with('"') => {
                let inner = &text[1..text.len() - 1];
                Self::Scalar(format!("\"{}\"", mask(name, inner)))
            }
            Self::Scalar(_) => self,
            Self::List(items) => Self::List(items.into_iter().map(|item| item.masked(name, mask)).collect()),
            Self::Object(fields) => Self::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| {
                        let value = value.masked(&name, mask);
                        (name, value)
                    })
                    .collect(),
            ),
        }
    }

    /// Text for the page.
    pub fn shown(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out
    }

    /// Text for the page, on one line if it fits.
    pub fn brief(&self) -> String {
        let line = self.line();
        if line.chars().count() <= MAX_WIDTH {
            line
        } else {
            self.shown()
        }
    }

    fn write(&self, depth: usize, out: &mut String) {
        let line = self.line();
        if depth > 0 && line.chars().count() + 2 * depth <= MAX_WIDTH {
            out.push_str(&line);
            return;
        }
        let margin = "  ".repeat(depth + 1);
        let mut each = |open: char, close: char, entries: Vec<(String, &Self)>| {
            out.push(open);
            for (number, (name, value)) in entries.iter().enumerate() {
                out.push_str(if number == 0 { "\n" } else { ",\n" });
                out.push_str(&margin);
                out.push_str(name);
                value.write(depth + 1, out);
            }
            out.push('\n');
            out.push_str(&margin[2..]);
            out.push(close);
        };
        match self {
            Self::Object(fields) if !fields.is_empty() => each(
                '{',
                '}',
                fields
                    .iter()
                    .map(|(name, value)| (format!("\"{name}\": "), value))
                    .collect(),
            ),
            Self::List(items) if !items.is_empty() => {
                each('[', ']', items.iter().map(|item| (String::new(), item)).collect());
            }
            _ => out.push_str(&line),
        }
    }

    fn line(&self) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::line).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Object(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| format!("\"{name}\": {}", value.line()))
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }
}

type Chars<'a> = Peekable<CharIndices<'a>>;

fn value(text: &str, chars: &mut Chars<'_>) -> Json {
    skip(chars);
    match chars.peek().map(|(_, c)| *c) {
        Some('{') => {
            let mut fields = Vec::new();
            while between(chars, '}') {
                let Json::Scalar(name) = value(text, chars) else {
                    panic!("a field name must be a string: {text}");
                };
                skip(chars);
                assert_eq!(chars.next().map(|(_, c)| c), Some(':'), "{text}");
                fields.push((name.trim_matches('"').to_owned(), value(text, chars)));
            }
            Json::Object(fields)
        }
        Some('[') => {
            let mut items = Vec::new();
            while between(chars, ']') {
                items.push(value(text, chars));
            }
            Json::List(items)
        }
        _ => Json::Scalar(scalar(text, chars)),
    }
}

/// Skips an opening bracket or a comma; false at the closing bracket.
fn between(chars: &mut Chars<'_>, close: char) -> bool {
    skip(chars);
    if chars.next_if(|(_, c)| *c == close).is_some() {
        return false;
    }
    let (at, found) = chars.next().expect("a bracket or a comma");
    assert!(['{', '[', ','].contains(&found), "{found} at {at}");
    skip(chars);
    // Empty list or object.
    chars.next_if(|(_, c)| *c == close).is_none()
}

fn scalar(text: &str, chars: &mut Chars<'_>) -> String {
    let start = chars.peek().expect("a value").0;
    if chars.next_if(|(_, c)| *c == '"').is_some() {
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => _ = chars.next(),
                '"' => return text[start..=at].to_owned(),
                _ => {}
            }
        }
        panic!("unterminated string: {text}");
    }
    let mut end = text.len();
    while let Some((at, c)) = chars.peek().copied() {
        if [',', '}', ']'].contains(&c) || c.is_whitespace() {
            end = at;
            break;
        }
        chars.next();
    }
    text[start..end].to_owned()
}

fn skip(chars: &mut Chars<'_>) {
    while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn fields_keep_their_order_and_texts_are_masked() {
        let text = r#"{"b":[1, 2.50],"a":{"t":"x\"y,}","n":null,"e":[],"o":{}}, "c":true}"#;
        let json = Json::read(text).masked("", &|name, text| format!("{name}:{}", text.len()));
        assert_eq!(
            json.shown(),
            "{\n  \"b\": [1, 2.50],\n  \"a\": {\"t\": \"t:6\", \"n\": null, \"e\": [], \"o\": {}},\n  \"c\": true\n}"
        );
    }

    #[test]
    fn long_values_are_split_over_several_lines() {
        let long = "x".repeat(60);
        let json = Json::read(&format!(r#"{{"a":["{long}","{long}"]}}"#));
        assert_eq!(
            json.shown(),
            format!("{{\n  \"a\": [\n    \"{long}\",\n    \"{long}\"\n  ]\n}}")
        );
    }
}
