//! `docs/api.md`.

use std::path::PathBuf;

use super::record::{Entry, Tour};

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
