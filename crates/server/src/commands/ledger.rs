//! `stylelicense ledger`: verifies the ledger.

use std::process::ExitCode;

use clap::Subcommand;
use domain::tokens::Audit;

use super::{block_on, connect, print_line};

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Recomputes every balance from the ledger and lists the differences.
    Verify,
}

/// Exits with a failure if there are differences.
pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    let Action::Verify = action;
    block_on(async {
        let differences = connect().await?.verify().await?;
        if differences.is_empty() {
            print_line("the ledger balances");
            return Ok(ExitCode::SUCCESS);
        }
        for difference in &differences {
            print_line(difference);
        }
        print_line(&format!(
            "the ledger does NOT balance: {} differences",
            differences.len()
        ));
        Ok(ExitCode::FAILURE)
    })
}
