//! `stylelicense outbox status`

use std::process::ExitCode;

use clap::Subcommand;
use domain::ports::{Clock, OutboxQueue};

use super::{block_on, connect, say};
use crate::clock::SystemClock;

/// What to do with the outbox.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Shows what waits, per queue.
    Status,
}

/// Runs `action`.
pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    let Action::Status = action;
    block_on(async {
        let topics = OutboxQueue::status(&connect().await?, SystemClock.now()).await?;
        say(&format!(
            "{:<20} {:>8} {:>15} {:>7}",
            "topic", "pending", "oldest (s)", "parked"
        ));
        for topic in topics {
            let line = format!(
                "{:<20} {:>8} {:>15} {:>7}",
                topic.topic, topic.pending, topic.oldest_seconds, topic.parked
            );
            say(&line);
        }
        Ok(ExitCode::SUCCESS)
    })
}
