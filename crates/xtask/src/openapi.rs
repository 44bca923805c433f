//! `cargo xtask openapi`: `docs/openapi.json` is the document that the server serves, and passes the linter.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::{Folders, cargo};
use crate::{node, say};

const UPDATE: &str = "update it with `cargo xtask openapi --write` and commit the result";

/// Compares, or writes with `--write`; then lints.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let write = match arguments {
        [] => false,
        [only] if only == "--write" => true,
        _ => bail!("usage: cargo xtask openapi [--write]"),
    };
    let folders = Folders::find()?;
    let path = folders.root.join("docs/openapi.json");
    // The features of the whole workspace, so that the tests share this build.
    let built = cargo()
        .args([
            "build",
            "--quiet",
            "--workspace",
            "--all-features",
            "--bin",
            "stylelicense",
        ])
        .current_dir(&folders.root)
        .status()
        .context("building stylelicense")?;
    ensure!(built.success(), "stylelicense does not build");
    let output = Command::new(folders.target.join("debug/stylelicense"))
        .arg("openapi")
        .stderr(Stdio::inherit())
        .output()
        .context("running stylelicense openapi")?;
    ensure!(output.status.success(), "stylelicense openapi failed");
    let current = String::from_utf8(output.stdout).context("stylelicense openapi wrote no text")?;
    if write {
        fs::write(&path, current).with_context(|| format!("writing {}", path.display()))?;
        say("docs/openapi.json written");
    } else {
        let stored = fs::read_to_string(&path).with_context(|| format!("docs/openapi.json: {UPDATE}"))?;
        if let Some(line) = first_difference(&stored, &current) {
            bail!("docs/openapi.json differs from the server from line {line} on: {UPDATE}");
        }
        say("docs/openapi.json is up to date");
    }
    lint(&folders)?;
    Ok(ExitCode::SUCCESS)
}

/// The rules are in `redocly.yaml`, the exceptions in `.redocly.lint-ignore.yaml`.
fn lint(folders: &Folders) -> Result<()> {
    let redocly = node::prepare(folders)?.join("node_modules/.bin/redocly");
    let status = Command::new(redocly)
        .args(["lint", "docs/openapi.json"])
        .current_dir(&folders.root)
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .status()
        .context("running redocly")?;
    ensure!(status.success(), "redocly does not accept docs/openapi.json");
    Ok(())
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
