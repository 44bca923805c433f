//! `cargo xtask test`: runs the tests against private servers.

mod python;
mod rabbitmq;
pub mod services;

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::workspace::{Folders, cargo};
use crate::{install, log, node};
use services::Services;

/// Installs and starts missing services, runs `cargo test` and stops the services. Returns the exit code of cargo.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let folders = Folders::find()?;
    let services = Services::start(&folders)?;
    let mut tests = cargo();
    tests
        .args(test_arguments(arguments))
        .current_dir(&folders.root)
        .envs(services.urls());
    tests.env("PYTHON", python::prepare(&folders)?);
    tests.env("NODE_FOLDER", node::prepare(&folders)?);
    if !["CHROMIUM", "CHROMEDRIVER"]
        .iter()
        .all(|name| services::is_set(name))
    {
        let (browser, driver) = install::ensure_browser()?;
        tests.env("CHROMIUM", browser).env("CHROMEDRIVER", driver);
    }
    log("running the tests…");
    let status = tests.status().context("running cargo test")?;
    services.stop()?;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// Selects the whole workspace unless `extra` selects packages.
fn test_arguments(extra: &[String]) -> Vec<&str> {
    let mut arguments = vec!["test"];
    if !extra
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| selects_packages(argument))
    {
        arguments.push("--workspace");
    }
    arguments.extend(["--all-features", "--no-fail-fast"]);
    arguments.extend(extra.iter().map(String::as_str));
    arguments
}

fn selects_packages(argument: &str) -> bool {
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
    fn the_whole_workspace_is_tested_by_default() {
        assert_eq!(joined(&[]), "test --workspace --all-features --no-fail-fast");
        assert_eq!(
            joined(&["-p", "xtask"]),
            "test --all-features --no-fail-fast -p xtask"
        );
        for selection in ["-pxtask", "--package=xtask"] {
            assert!(!joined(&[selection]).contains("--workspace"), "{selection}");
        }
        assert!(
            joined(&["--", "-p"]).contains("--workspace"),
            "arguments after -- are for the tests"
        );
    }
}
