//! Logs: lines for people, or one JSON object a line; to standard error, so that a command's output stays its own.
//!
//! A separate thread writes them, so that requests do not wait for the write. No line is dropped: when the queue is
//! full, logging blocks.

use std::io::{BufWriter, IsTerminal, stderr};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::LogFormat;

/// What is logged unless `RUST_LOG` says otherwise. amqprs prints whole messages, presigned addresses and all, when it
/// is let; s3s calls every missing object an error.
const DEFAULT_FILTER: &str = "info,amqprs=off,s3s=off,s3s_fs=off,sqlx=warn,actix_server=warn,sea_orm_migration=warn,actix_session=error,actix_http=off";

/// Size of the queue. The guard waits one second on drop, enough to write this many lines.
const WAITING_LINES: usize = 4096;

/// Starts logging. Called once. Keep the guard while anything may log: its drop writes the queued lines.
pub fn start(format: LogFormat) -> WorkerGuard {
    let chosen = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = if chosen.trim().is_empty() {
        EnvFilter::new(DEFAULT_FILTER)
    } else {
        EnvFilter::new(format!("{chosen},amqprs=off"))
    };
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(false)
        .buffered_lines_limit(WAITING_LINES)
        .thread_name("log")
        // Flushed whenever the queue is empty.
        .finish(BufWriter::new(stderr()));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(writer).with_ansi(stderr().is_terminal());
    let started = match format {
        LogFormat::Human => registry.with(lines.compact().with_target(false)).try_init(),
        LogFormat::Json => registry
            .with(
                lines
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false),
            )
            .try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
    guard
}
