//! The page that the tour writes: `docs/api.md`.

use std::path::PathBuf;

use super::record::{Entry, Tour};
use crate::support::Platform;

const START: &str = "# The API, step by step

Two users and an artist, as the web client acts for them from another origin (`http://localhost:3000`). Every answer is
real: a test plays the tour against the server and a database, and fails when this page says anything else
(`UPDATE_DOCS=1 cargo test -p stylelicense --test it tour` writes it anew). Times, cookies, keys and signatures are
replaced by fixed ones. [openapi.json](openapi.json) and `/docs/` name every field and every error.

## How every call looks

The page calls with credentials: the browser adds `Origin` and the cookies `sessionid` and `csrftoken`, and asks first
whether it may send a change (the answer holds for a day). A change shows the value of the cookie `csrftoken` in
`X-CSRFToken`. Below, these headers are left out. In whole, the first change of this tour:

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
