//! `stylelicense openapi`

use std::process::ExitCode;

use super::say;

/// Prints the OpenAPI document.
pub fn run() -> anyhow::Result<ExitCode> {
    say(&serde_json::to_string_pretty(&http_api::document())?);
    Ok(ExitCode::SUCCESS)
}
