//! Development tasks: `cargo xtask <command>`. See [`USAGE`].
//!
//! # Adding a command
//!
//! 1. `<command>.rs` with `pub fn run(arguments: &[String]) -> Result<ExitCode>`.
//! 2. A line in [`USAGE`] and an arm in `main`.
//!
//! `install.rs` installs programs that a command needs.

mod dev;
mod install;
mod layering;
mod node;
mod openapi;
mod test;
mod workspace;

use std::env;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command> [arguments]

  dev [arguments]       install PostgreSQL if needed, then run the server with everything local;
                        arguments go to `stylelicense dev`, e.g. --fresh or --no-worker
  test [arguments]      run all tests against a private PostgreSQL and RabbitMQ (or DATABASE_URL, AMQP_URL if set);
                        arguments go to `cargo test`, e.g. -p stylelicense-domain
  layering              check that dependencies between the crates point inward
  openapi [--write]     compare docs/openapi.json with the server's document and lint it; --write updates it first
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "dev" => dev::run(&rest),
        "test" => test::run(&rest),
        test::services::COMMAND => test::services::supervise(&rest),
        "layering" => layering::run(),
        "openapi" => openapi::run(&rest),
        _ => {
            log(USAGE.trim_end());
            return ExitCode::from(2);
        }
    };
    outcome.unwrap_or_else(|error| {
        log(format_args!("xtask {command}: {error:#}"));
        ExitCode::FAILURE
    })
}

/// Prints a line to standard error. Standard output is for the results of commands.
fn log(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
