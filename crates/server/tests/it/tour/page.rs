//! The page that the tour writes: `docs/api.md`.

use std::path::PathBuf;

use super::record::{Entry, Tour};
use crate::support::Platform;

const START: &str = "# The API, step by step

This page is a tour of the API with two users and an artist, as a web client on another origin
(`http://localhost:3000`) calls it. Every answer is real: a test runs the tour against the server and a database, and fails
if this page differs (`UPDATE_DOCS=1 cargo xtask test -p stylelicense --test it tour` regenerates it). Times, cookies, keys
and signatures are replaced by fixed ones. [openapi.json](openapi.json) and `/docs/` describe every field and every error.

## Requests

The web client sends its requests with credentials. The browser adds `Origin` and the cookies `sessionid` and `csrftoken`,
and sends a preflight request before a change (cached for a day). A change sends the value of the cookie `csrftoken` in the
header `X-CSRFToken`. The examples below omit these headers. The first change of this tour in full:

";

/// What differs from run to run, and what stands for it on the page.
pub struct Masks {
    addresses: Vec<(String, &'static str)>,
}

impl Masks {
    pub fn of(platform: &Platform) -> Self {
        Self {
            addresses: vec![
                (platform.base.clone(), "http://localhost:8000"),
                (platform.storage.endpoint.clone(), "http://localhost:8001"),
                (platform.login.issuer().to_owned(), "http://localhost:8002"),
                (platform.payments.base_url().to_owned(), "http://localhost:8003"),
            ],
        }
    }

    /// A text of an answer, in the field or the header `name`.
    pub fn text(&self, name: &str, text: &str) -> String {
        match name {
            "next_cursor" => "…".to_owned(),
            "x-trace-id" => "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
            _ if chrono::DateTime::parse_from_rfc3339(text).is_ok() && !text.starts_with("2999") => {
                "2026-01-02T03:04:05.678901Z".to_owned()
            }
            _ => self.address(text),
        }
    }

    /// Addresses, keys and signatures in a text.
    pub fn address(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (real, shown) in &self.addresses {
            text = text.replace(real, shown);
        }
        let text = without_keys(&text);
        for secret in [
            "?X-Amz-",
            "?client_id=",
            "?response_type=",
            "callback?code=",
            "?state=",
            "&paymentKey=",
            "/v1/payments/",
        ] {
            if let Some(at) = text.find(secret) {
                return format!("{}…", &text[..at + secret.len()]);
            }
        }
        text
    }
}

/// Runs of 32 hexadecimal digits are keys: each is drawn at random.
fn without_keys(text: &str) -> String {
    const KEY: &str = "0f8fad5bd9cb469fa16570867728950e";
    let mut shown = String::new();
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_hexdigit() {
            run.push(c);
            continue;
        }
        shown.push_str(if run.len() == KEY.len() { KEY } else { &run });
        run.clear();
        shown.push(c);
    }
    shown.pop();
    shown
}

impl Tour {
    /// The whole page.
    pub fn page(&self) -> String {
        let whole = self.whole.as_ref().expect("a change was made");
        let mut parts = vec![format!("{START}```http\n{whole}\n```\n")];
        let (mut chapter, mut step) = (0, 0);
        for entry in &self.entries {
            parts.push(match entry {
                Entry::Chapter { title, text } => {
                    (chapter, step) = (chapter + 1, 0);
                    format!("\n## {chapter}. {title}\n\n{text}\n")
                }
                Entry::Step {
                    why,
                    who,
                    request,
                    answer,
                } => {
                    step += 1;
                    format!(
                        "\n**{chapter}.{step}** ({who}) {why}\n\n```http\n{request}\n```\n```http\n{answer}\n```\n"
                    )
                }
            });
        }
        parts.concat()
    }
}

/// Compares the page with the file, or writes it when `UPDATE_DOCS` is set.
pub fn compare(page: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, page).expect("the page is written");
        return;
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = known.lines().zip(page.lines()).position(|(old, new)| old != new);
    let line = differs.unwrap_or_else(|| known.lines().count().min(page.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(its end)").to_owned();
    assert!(
        known == page,
        "docs/api.md is not what the server answers, from line {} on:\n  it says     {}\n  the answer  {}\n\
         UPDATE_DOCS=1 cargo test -p stylelicense --test it tour writes it anew",
        line + 1,
        at(&known),
        at(page),
    );
}

#[cfg(test)]
mod tests {
    use super::without_keys;

    #[test]
    fn only_whole_keys_are_replaced() {
        let key = "ab".repeat(16);
        assert_eq!(
            without_keys(&format!("a/{key}.png")),
            "a/0f8fad5bd9cb469fa16570867728950e.png"
        );
        for text in ["a/abc.png", &"ab".repeat(17), "", "bed"] {
            assert_eq!(without_keys(text), text);
        }
    }
}
