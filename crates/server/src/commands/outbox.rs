//! `stylelicense outbox`: shows the outbox, or retries parked messages.

use std::process::ExitCode;

use clap::Subcommand;
use domain::{clock::Clock, workers::OutboxQueue};

use super::{block_on, connect, print_line};
use crate::clock::SystemClock;

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Shows the number of pending and parked messages per topic.
    Status,
    /// Makes every parked message due again and resets its attempts.
    Retry,
}

pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    block_on(async {
        let store = connect().await?;
        let now = SystemClock.now();
        match action {
            Action::Status => {
                print_line(&format!(
                    "{:<20} {:>8} {:>15} {:>7}",
                    "topic", "pending", "oldest (s)", "parked"
                ));
                for topic in OutboxQueue::status(&store, now).await? {
                    print_line(&format!(
                        "{:<20} {:>8} {:>15} {:>7}",
                        topic.topic, topic.pending, topic.oldest_seconds, topic.parked
                    ));
                }
            }
            Action::Retry => print_line(&format!(
                "{} parked messages are due again",
                store.retry_parked(now).await?
            )),
        }
        Ok(ExitCode::SUCCESS)
    })
}
