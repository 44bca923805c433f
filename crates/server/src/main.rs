//! The `stylelicense` binary: the server, `dev` with its local services, and commands for operators.
//!
//! # Adding a setting
//!
//! 1. `settings/mod.rs`: the field, its default and its check. All problems are reported in one message.
//! 2. `.env.example`: its description. A test compares the file with the settings that are read.
//! 3. `bootstrap/`: pass it to the service or adapter that uses it.
//!
//! # Adding a command
//!
//! 1. `commands/<name>.rs`: its arguments (clap) and `run`.
//! 2. A variant of `Command` in this file.

mod bootstrap;
mod clock;
mod commands;
#[cfg(feature = "local")]
mod dev;
mod logging;
mod settings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tikv_jemallocator::Jemalloc;

/// Returns freed memory to the system at once (see `.cargo/config.toml`). glibc would keep it for every thread that has
/// decoded an image.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// Backend of a marketplace for art styles.
#[derive(Parser)]
#[command(name = "stylelicense", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the whole platform with local services; needs no configuration.
    #[cfg(feature = "local")]
    Dev(dev::DevArguments),
    /// Runs the server, configured by environment variables.
    Serve,
    /// Applies or reverts database migrations, or lists them.
    Migrate {
        #[command(subcommand)]
        action: commands::migrate::Action,
    },
    /// Verifies the ledger.
    Ledger {
        #[command(subcommand)]
        action: commands::ledger::Action,
    },
    /// Shows the outbox, or retries its parked messages.
    Outbox {
        #[command(subcommand)]
        action: commands::outbox::Action,
    },
    /// Reconciles orders with the payment provider, or lists owed tokens.
    Payments {
        #[command(subcommand)]
        action: commands::payments::Action,
    },
    /// Prints the OpenAPI document.
    Openapi,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            commands::print_error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<Command>) -> anyhow::Result<ExitCode> {
    load_dot_env()?;
    match command {
        #[cfg(feature = "local")]
        None => dev::run(dev::DevArguments::default()),
        #[cfg(not(feature = "local"))]
        None => commands::serve::run(),
        #[cfg(feature = "local")]
        Some(Command::Dev(arguments)) => dev::run(arguments),
        Some(Command::Serve) => commands::serve::run(),
        Some(Command::Migrate { action }) => commands::migrate::run(&action),
        Some(Command::Ledger { action }) => commands::ledger::run(&action),
        Some(Command::Outbox { action }) => commands::outbox::run(&action),
        Some(Command::Payments { action }) => commands::payments::run(&action),
        Some(Command::Openapi) => commands::openapi::run(),
    }
}

/// Loads `.env` from the working directory. Environment variables take precedence.
fn load_dot_env() -> anyhow::Result<()> {
    match dotenvy::from_path(".env") {
        Ok(()) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        // The line is not printed because it may contain a secret.
        Err(dotenvy::Error::LineParse(_, position)) => {
            anyhow::bail!("cannot parse the file .env near character {position}")
        }
        Err(_) => anyhow::bail!("cannot read the file .env"),
    }
}
