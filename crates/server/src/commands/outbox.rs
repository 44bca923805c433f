//! `stylelicense outbox status|retry`

use std::process::ExitCode;

use clap::Subcommand;
use domain::{clock::Clock, workers::OutboxQueue};

use super::{block_on, connect, say};
use crate::clock::SystemClock;

/// What to do with the outbox.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Shows how many messages wait or are parked, per topic.
    Status,
    /// Makes every parked message due again, with all its attempts.
    Retry,
}

/// Runs `action`.
pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    block_on(async {
        let store = connect().await?;
        let now = SystemClock.now();
        match action {
            Action::Status => {
                say(&format!(
                    "{:<20} {:>8} {:>15} {:>7}",
                    "topic", "pending", "oldest (s)", "parked"
                ));
                for topic in OutboxQueue::status(&store, now).await? {
                    say(&format!(
                        "{:<20} {:>8} {:>15} {:>7}",
                        topic.topic, topic.pending, topic.oldest_seconds, topic.parked
                    ));
                }
            }
            Action::Retry => say(&format!(
                "{} parked messages are due again",
                store.retry_parked(now).await?
            )),
        }
        Ok(ExitCode::SUCCESS)
    })
}
