//! Installs the Node.js packages that lint the OpenAPI document and generate a client from it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Folders;
use crate::{install, log};

/// Folder of `package.json` and `package-lock.json`.
const PACKAGES: &str = "crates/server/tests/it/edge/clients";

/// Installs the packages if the lock file has changed; returns the folder of `node_modules`.
pub fn prepare(folders: &Folders) -> Result<PathBuf> {
    let source = folders.root.join(PACKAGES);
    let lock = source.join("package-lock.json");
    let required = fs::read_to_string(&lock).with_context(|| format!("reading {}", lock.display()))?;
    let folder = folders.state.join("node");
    // Written last, so that an interrupted installation is repeated.
    let stamp = folder.join("installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == required) {
        log(format_args!("Node.js packages: {}", folder.display()));
        return Ok(folder);
    }
    install::ensure_node()?;
    log(format_args!(
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
    fs::write(&stamp, required).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(folder)
}
