//! Logging to standard error, human-readable or as JSON lines. Standard output is for the results of commands.
//!
//! A separate thread writes the lines, so that requests do not wait for I/O. No line is dropped: while the queue is
//! full, logging blocks.

use std::io::{BufWriter, IsTerminal, stderr};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::LogFormat;

/// Used when `RUST_LOG` is not set. amqprs logs whole messages, including presigned URLs. s3s logs every missing object
/// as an error.
const DEFAULT_FILTER: &str = "info,amqprs=off,s3s=off,s3s_fs=off,sqlx=warn,actix_server=warn,sea_orm_migration=warn,actix_session=error,actix_http=off";

/// Size of the queue. Dropping the guard waits at most one second, enough to write this many lines.
const QUEUED_LINES: usize = 4096;

/// Starts logging; call it once. Keep the guard until nothing logs any more: dropping it writes the queued lines.
pub fn start(format: LogFormat) -> WorkerGuard {
    let directives = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = if directives.trim().is_empty() {
        EnvFilter::new(DEFAULT_FILTER)
    } else {
        EnvFilter::new(format!("{directives},amqprs=off"))
    };
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(false)
        .buffered_lines_limit(QUEUED_LINES)
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
        tracing::debug!("logging is already initialized");
    }
    guard
}
