//! Logs: lines for people, or one JSON object a line; to standard error, so that a command's output stays its own.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::LogFormat;

/// What is logged unless `RUST_LOG` says otherwise. amqprs prints whole messages, presigned addresses and all, when it
/// is let; s3s calls every missing object an error.
const DEFAULT_FILTER: &str = "info,amqprs=off,s3s=off,s3s_fs=off,sqlx=warn,actix_server=warn,sea_orm_migration=warn,actix_session=error,actix_http=off";

/// Starts logging. Called once; a second call changes nothing.
pub fn start(format: LogFormat) {
    let chosen = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = if chosen.trim().is_empty() {
        EnvFilter::new(DEFAULT_FILTER)
    } else {
        EnvFilter::new(format!("{chosen},amqprs=off"))
    };
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
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
}
