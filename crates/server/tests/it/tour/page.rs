//! Renders `docs/api.md`.

use std::path::PathBuf;

use super::record::{Entry, Tour};

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

impl Tour {
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

/// Compares the page with the file, or writes the file if `UPDATE_DOCS` is set.
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
        "docs/api.md is outdated, first in line {}:\n  file    {}\n  server  {}\n\
         regenerate it with UPDATE_DOCS=1 cargo xtask test -p stylelicense --test it tour",
        line + 1,
        at(&known),
        at(page),
    );
}
