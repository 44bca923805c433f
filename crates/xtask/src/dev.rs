//! `cargo xtask dev`: the server with everything local.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::install::ensure_postgres;
use crate::workspace::cargo;

/// Becomes `cargo run -p stylelicense -- dev <arguments>`, so that Ctrl-C and the exit code are the server's own.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    ensure_postgres()?;
    let mut command = cargo();
    command
        .args(["run", "--package", "stylelicense", "--", "dev"])
        .args(arguments);
    Err(command.exec()).context("running the server")
}
