//! `cargo xtask openapi`: compares `docs/openapi.json` with the document of the server, and lints it.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::{Folders, cargo};
use crate::{log, node};

const UPDATE: &str = "update it with `cargo xtask openapi --write` and commit the result";

/// Compares the file, or writes it with `--write`, and lints it.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let write = match arguments {
        [] => false,
        [only] if only == "--write" => true,
        _ => bail!("usage: cargo xtask openapi [--write]"),
    };
    let folders = Folders::find()?;
    let path = folders.root.join("docs/openapi.json");
    // All features of the workspace, so that the tests reuse this build.
    let status = cargo()
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
    ensure!(status.success(), "stylelicense does not build");
    let output = Command::new(folders.target.join("debug/stylelicense"))
        .arg("openapi")
        .stderr(Stdio::inherit())
        .output()
        .context("running stylelicense openapi")?;
    ensure!(output.status.success(), "stylelicense openapi failed");
    let current = String::from_utf8(output.stdout).context("stylelicense openapi did not print UTF-8")?;
    if write {
        fs::write(&path, current).with_context(|| format!("writing {}", path.display()))?;
        log("docs/openapi.json written");
    } else {
        let stored = fs::read_to_string(&path).with_context(|| format!("docs/openapi.json: {UPDATE}"))?;
        if let Some(line) = first_difference(&stored, &current) {
            bail!("docs/openapi.json differs from the server, first in line {line}: {UPDATE}");
        }
        log("docs/openapi.json is up to date");
    }
    lint(&folders)?;
    Ok(ExitCode::SUCCESS)
}

/// Rules are in `redocly.yaml`, exceptions in `.redocly.lint-ignore.yaml`.
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

/// The number of the first line that differs, from 1.
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
    fn the_first_difference_is_found() {
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
