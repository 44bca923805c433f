//! `cargo xtask test`: all tests, against real servers of our own.

mod python;
mod rabbitmq;
pub mod services;

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::workspace::{Folders, cargo};
use crate::{install, node, say};
use services::Services;

/// Installs and starts what is missing, runs `cargo test`, stops what was started; the exit code is cargo's.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let folders = Folders::find()?;
    let services = Services::start(&folders)?;
    let mut tests = cargo();
    tests
        .args(test_arguments(arguments))
        .current_dir(&folders.root)
        .envs(services.addresses());
    tests.env("PYTHON", python::prepare(&folders)?);
    tests.env("NODE_FOLDER", node::prepare(&folders)?);
    if !["CHROMIUM", "CHROMEDRIVER"]
        .iter()
        .all(|name| services::is_given(name))
    {
        let (browser, driver) = install::ensure_browser()?;
        tests.env("CHROMIUM", browser).env("CHROMEDRIVER", driver);
    }
    say("running the tests…");
    let status = tests.status().context("running cargo test")?;
    services.stop()?;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// The whole workspace, unless the caller picks packages.
fn test_arguments(extra: &[String]) -> Vec<&str> {
    let mut arguments = vec!["test"];
    if !extra
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| picks_packages(argument))
    {
        arguments.push("--workspace");
    }
    arguments.extend(["--all-features", "--no-fail-fast"]);
    arguments.extend(extra.iter().map(String::as_str));
    arguments
}

fn picks_packages(argument: &str) -> bool {
    let long = argument == "--package" || argument.starts_with("--package=") || argument == "--workspace";
    long || (argument.starts_with("-p") && !argument.starts_with("--"))
}

#[cfg(test)]
mod tests {
    use super::test_arguments;

    fn joined(extra: &[&str]) -> String {
        let extra: Vec<String> = extra.iter().map(|&argument| argument.to_owned()).collect();
        test_arguments(&extra).join(" ")
    }

    #[test]
    fn everything_is_tested_unless_packages_are_picked() {
        assert_eq!(joined(&[]), "test --workspace --all-features --no-fail-fast");
        assert_eq!(
            joined(&["-p", "xtask"]),
            "test --all-features --no-fail-fast -p xtask"
        );
        for picked in ["-pxtask", "--package=xtask"] {
            assert!(!joined(&[picked]).contains("--workspace"), "{picked}");
        }
        assert!(
            joined(&["--", "-p"]).contains("--workspace"),
            "what follows -- is for the tests"
        );
    }
}
