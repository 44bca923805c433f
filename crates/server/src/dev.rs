//! `stylelicense dev`: the whole platform with local services. An environment variable replaces a local service.

mod banner;
mod data;
mod defaults;
mod samples;
mod services;

use std::process::ExitCode;

use clap::Args;

use crate::{
    bootstrap::{publisher, serve},
    commands::{block_on, migrate, print_line},
    logging,
    settings::{LogFormat, Settings},
};

use self::{data::DataFolder, defaults::Defaults, services::LocalServices};

#[derive(Debug, Clone, Copy, Default, Args)]
pub struct DevArguments {
    /// Deletes the local data before starting.
    #[arg(long)]
    fresh: bool,
    /// Starts no demo worker; requires AMQP_URL or RABBITMQ_HOST.
    #[arg(long)]
    no_worker: bool,
}

/// Runs the platform until a signal stops it.
pub fn run(arguments: DevArguments) -> anyhow::Result<ExitCode> {
    // Dropped last, because dropping it writes the queued lines.
    let _logging = logging::start(LogFormat::Human);
    let folder = DataFolder::open(arguments.fresh)?;
    let mut defaults = Defaults::new(folder.secrets()?);
    // Outside the runtime, because starting and stopping PostgreSQL blocks.
    let cluster = services::start_cluster(&folder, &mut defaults)?;
    let served = block_on(run_platform(&arguments, &folder, defaults));
    drop(cluster);
    served?;
    Ok(ExitCode::SUCCESS)
}

async fn run_platform(
    arguments: &DevArguments,
    folder: &DataFolder,
    mut defaults: Defaults,
) -> anyhow::Result<()> {
    let mut local = LocalServices::start(folder, &mut defaults)?;
    let settings = Settings::read(|name| defaults.value(name))?;
    if arguments.no_worker && settings.amqp_url.is_none() {
        anyhow::bail!("--no-worker needs a broker for other workers: set AMQP_URL or RABBITMQ_HOST");
    }
    migrate::up(&settings.database_url).await?;
    let publisher = match local.start_worker(&settings, arguments.no_worker)? {
        Some(queue) => queue,
        None => publisher(&settings)?,
    };
    let samples = samples::paint_in_background(folder.samples());
    let lines = banner::lines(&settings, &defaults, &local, folder);
    let print_banner = |_| {
        for line in &lines {
            print_line(line);
        }
    };
    let served = serve(&settings, publisher, print_banner).await;
    samples.abort();
    local.stop().await;
    served
}
