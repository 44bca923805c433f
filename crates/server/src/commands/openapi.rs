//! `stylelicense openapi`: prints the OpenAPI document.

use std::process::ExitCode;

use super::print_line;

pub fn run() -> anyhow::Result<ExitCode> {
    print_line(&serde_json::to_string_pretty(&http_api::document())?);
    Ok(ExitCode::SUCCESS)
}
