//! Node.js packages that judge the OpenAPI document and generate a client from it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Folders;
use crate::{install, say};

/// Holds `package.json` and `package-lock.json`.
const PACKAGES: &str = "crates/server/tests/it/edge/clients";

/// Installs the packages when the lock file has changed; returns the folder that has `node_modules`.
pub fn prepare(folders: &Folders) -> Result<PathBuf> {
    let source = folders.root.join(PACKAGES);
    let lock = source.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| format!("reading {}", lock.display()))?;
    let folder = folders.state.join("node");
    // Written last, so an interrupted installation starts again.
    let stamp = folder.join("installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        say(format_args!("Node.js packages: {}", folder.display()));
        return Ok(folder);
    }
    install::ensure_node()?;
    say(format_args!(
        "Node.js packages: installing {PACKAGES} into {}…",
        folder.display()
    ));
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(source.join(name), folder.join(name)).with_context(|| format!("copying {name}"))?;
    }
    let status = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(&folder)
        .status()
        .context("running npm")?;
    ensure!(status.success(), "npm ci failed");
    fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(folder)
}
