//! `cargo xtask openapi`: `docs/openapi.json` is what the server says of itself.

use std::fs;
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::say;
use crate::workspace::{Folders, cargo};

const UPDATE: &str = "update it with `cargo xtask openapi --write` and commit the result";

/// Compares, or writes with `--write`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let write = match arguments {
        [] => false,
        [only] if only == "--write" => true,
        _ => bail!("usage: cargo xtask openapi [--write]"),
    };
    let path = Folders::find()?.root.join("docs/openapi.json");
    let output = cargo()
        .args(["run", "--quiet", "--package", "stylelicense", "--", "openapi"])
        .stderr(Stdio::inherit())
        .output()
        .context("running stylelicense openapi")?;
    ensure!(output.status.success(), "stylelicense openapi failed");
    let current = String::from_utf8(output.stdout).context("stylelicense openapi wrote no text")?;
    if write {
        fs::write(&path, current).with_context(|| format!("writing {}", path.display()))?;
        say("docs/openapi.json written");
        return Ok(ExitCode::SUCCESS);
    }
    let stored = fs::read_to_string(&path).with_context(|| format!("docs/openapi.json: {UPDATE}"))?;
    match first_difference(&stored, &current) {
        None => {
            say("docs/openapi.json is up to date");
            Ok(ExitCode::SUCCESS)
        }
        Some(line) => bail!("docs/openapi.json differs from the server from line {line} on: {UPDATE}"),
    }
}

/// The number of the first line that differs, counted from 1.
fn first_difference(stored: &str, current: &str) -> Option<usize> {
    if stored == current {
        return None;
    }
    let same = stored
        .lines()
        .zip(current.lines())
        .take_while(|(stored, current)| stored == current)
        .count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(
            first_difference("a\n", "a"),
            Some(2),
            "a missing last line break differs too"
        );
    }
}
