//! `cargo xtask dev`: runs the server with local services.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::install::ensure_postgres;
use crate::workspace::cargo;

/// Replaces this process by `cargo run -p stylelicense -- dev <arguments>`, so that the server gets Ctrl-C and its exit
/// code is returned.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    ensure_postgres()?;
    let mut command = cargo();
    command
        .args(["run", "--package", "stylelicense", "--", "dev"])
        .args(arguments);
    Err(command.exec()).context("running the server")
}
