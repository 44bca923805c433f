//! Where the workspace lies, and how to call the cargo that called us.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// `cargo` as it was called: same toolchain, same wrapper.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// What `cargo metadata` says of the workspace's own packages.
pub fn metadata() -> Result<Value> {
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("running cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("reading the answer of cargo metadata")
}

/// The folders that commands work in.
pub struct Folders {
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// `target/xtask`: what our commands keep between runs.
    pub state: PathBuf,
}

impl Folders {
    /// Asks cargo, since the target folder may be set elsewhere.
    pub fn find() -> Result<Self> {
        let metadata = metadata()?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata names no {key}"))
        };
        let target = path("target_directory")?;
        Ok(Self {
            root: path("workspace_root")?,
            state: target.join("xtask"),
            target,
        })
    }
}
