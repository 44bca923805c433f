//! Paths of the workspace, and the cargo command that runs xtask.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The `cargo` that runs this program, with the same toolchain.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// The output of `cargo metadata` about the packages of the workspace.
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
    serde_json::from_slice(&output.stdout).context("reading the output of cargo metadata")
}

pub struct Folders {
    pub root: PathBuf,
    pub target: PathBuf,
    /// `target/xtask`: data that commands keep between runs.
    pub state: PathBuf,
}

impl Folders {
    /// Asks cargo, because the target folder can be configured.
    pub fn find() -> Result<Self> {
        let metadata = metadata()?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata has no {key}"))
        };
        let target = path("target_directory")?;
        Ok(Self {
            root: path("workspace_root")?,
            state: target.join("xtask"),
            target,
        })
    }
}
