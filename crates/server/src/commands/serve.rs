//! `stylelicense serve`: runs the server.

use std::process::ExitCode;

use super::{block_on, migrate};
use crate::{
    bootstrap::{publisher, serve},
    logging,
    settings::Settings,
};

/// Serves until a signal stops it.
pub fn run() -> anyhow::Result<ExitCode> {
    let settings = Settings::read_for_serving(|name| std::env::var(name).ok())?;
    // Dropped last, because dropping it writes the queued lines.
    let _logging = logging::start(settings.log_format);
    block_on(async {
        migrate::require_current(&settings.database_url).await?;
        serve(
            &settings,
            publisher(&settings)?,
            |address| tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "serving"),
        )
        .await
    })?;
    Ok(ExitCode::SUCCESS)
}
