//! The `stylelicense` binary: the server, its local services and the operator's commands.
//!
//! # Adding a setting
//!
//! 1. `settings/mod.rs`: the field, its default and its check. Every problem is collected, so that one message names all of them.
//! 2. `.env.example`: what it does. A test compares the file with the settings that are read.
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

/// Gives memory back as soon as it is freed (`.cargo/config.toml` says how); glibc lets every thread that once held a
/// picture keep its room.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// The backend of a marketplace for art styles.
#[derive(Parser)]
#[command(name = "stylelicense", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the whole platform on local defaults; nothing to configure.
    #[cfg(feature = "local")]
    Dev(dev::DevArguments),
    /// Runs the server with the settings of the environment.
    Serve,
    /// Brings the database's schema up or down, or shows where it is.
    Migrate {
        #[command(subcommand)]
        action: commands::migrate::Action,
    },
    /// Checks the books.
    Ledger {
        #[command(subcommand)]
        action: commands::ledger::Action,
    },
    /// Shows the outbox, or makes its parked messages due again.
    Outbox {
        #[command(subcommand)]
        action: commands::outbox::Action,
    },
    /// Compares orders with their payments, and lists what buyers owe.
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
            commands::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<Command>) -> anyhow::Result<ExitCode> {
    read_dot_env()?;
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

/// Takes settings from a file `.env` in the folder the program is started in; the environment goes before it.
fn read_dot_env() -> anyhow::Result<()> {
    match dotenvy::from_path(".env") {
        Ok(()) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        // The line itself is not repeated: it may hold a secret.
        Err(dotenvy::Error::LineParse(_, position)) => {
            anyhow::bail!("the file .env has a line that cannot be read, near its character {position}")
        }
        Err(_) => anyhow::bail!("the file .env cannot be read"),
    }
}
