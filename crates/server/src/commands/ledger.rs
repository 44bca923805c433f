//! `stylelicense ledger verify`

use std::process::ExitCode;

use clap::Subcommand;
use domain::tokens::Audit;

use super::{block_on, connect, say};

/// What to do with the books.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Recomputes every balance from the ledger and lists every difference.
    Verify,
}

/// Runs `action`; fails when the books do not balance.
pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    let Action::Verify = action;
    block_on(async {
        let differences = connect().await?.verify().await?;
        if differences.is_empty() {
            say("the books balance");
            return Ok(ExitCode::SUCCESS);
        }
        for difference in &differences {
            say(difference);
        }
        say(&format!(
            "{} differences: the books do NOT balance",
            differences.len()
        ));
        Ok(ExitCode::FAILURE)
    })
}
