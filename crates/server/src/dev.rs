//! `stylelicense dev`: the whole platform on local defaults. Any setting of the environment replaces its local part.

mod banner;
mod data;
mod defaults;
mod parts;
mod samples;

use std::process::ExitCode;

use clap::Args;

use crate::{
    bootstrap::{publisher, serve},
    commands::{block_on, complain, migrate, say},
    logging,
    settings::{LogFormat, Settings},
};

use self::{data::DataFolder, defaults::Defaults, parts::LocalParts};

/// How the local platform is run.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct DevArguments {
    /// Starts empty: throws the local data away first.
    #[arg(long)]
    fresh: bool,
    /// Leaves the tasks to real workers; needs AMQP_URL or RABBITMQ_HOST.
    #[arg(long)]
    no_worker: bool,
}

/// Runs the platform until it is told to stop.
pub fn run(arguments: DevArguments) -> anyhow::Result<ExitCode> {
    // Dropped last: writes the queued lines.
    let _logging = logging::start(LogFormat::Human);
    let folder = DataFolder::open(arguments.fresh)?;
    let mut defaults = Defaults::new(folder.secrets()?);
    // PostgreSQL is started outside of the runtime: its start blocks, and so does its end.
    let cluster = parts::start_cluster(&folder, &mut defaults)?;
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
    let mut local = LocalParts::start(folder, &mut defaults)?;
    let settings = Settings::read(|name| defaults.value(name))?;
    if arguments.no_worker && settings.amqp_url.is_none() {
        complain("--no-worker leaves the tasks to real workers, which take them from RabbitMQ");
        anyhow::bail!("set AMQP_URL or RABBITMQ_HOST as well");
    }
    migrate::up(&settings.database_url).await?;
    let publisher = match local.start_worker(&settings, arguments.no_worker)? {
        Some(queue) => queue,
        None => publisher(&settings)?,
    };
    let samples = samples::paint_in_background(folder.samples());
    let lines = banner::lines(&settings, &defaults, &local, folder);
    let announce = |_| {
        for line in &lines {
            say(line);
        }
    };
    let served = serve(&settings, publisher, announce).await;
    samples.abort();
    local.stop().await;
    served
}
