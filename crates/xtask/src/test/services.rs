//! The servers the tests need, held by a second process of xtask, the keeper.
//!
//! The keeper stops them when its standard input closes, which happens however the first process ends: done, failed,
//! Ctrl-C, even SIGKILL. So nothing stays behind, and no signal has to be caught.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use local_postgres::{Cluster, ClusterOptions};

use super::rabbitmq::RabbitMq;
use crate::workspace::Folders;
use crate::{install, say};

/// The keeper's command: `keep-services <state folder> [--postgres] [--rabbitmq <rabbitmq-server>]`.
pub const COMMAND: &str = "keep-services";

/// What the keeper says when every server is ready.
const READY: &str = "ready";

/// The servers of this run, as seen by the first process.
pub struct Services {
    keeper: Child,
    addresses: Vec<(String, String)>,
}

impl Services {
    /// Installs and starts what neither `DATABASE_URL` nor `AMQP_URL` names.
    pub fn start(folders: &Folders) -> Result<Self> {
        let mut command = Command::new(env::current_exe().context("finding this program")?);
        command.arg(COMMAND).arg(&folders.state).process_group(0);
        if !is_given("DATABASE_URL") {
            install::ensure_postgres()?;
            command.arg("--postgres");
        }
        if !is_given("AMQP_URL") {
            command.arg("--rabbitmq").arg(install::ensure_rabbitmq()?);
        }
        let keeper = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the keeper")?;
        let mut services = Self {
            keeper,
            addresses: Vec::new(),
        };
        services.await_ready()?;
        Ok(services)
    }

    /// `DATABASE_URL` and `AMQP_URL` of the servers that were started.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, &str)> {
        self.addresses
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Stops the servers and waits until they are down.
    pub fn stop(mut self) -> Result<()> {
        drop(self.keeper.stdin.take());
        self.keeper.wait().context("waiting for the servers to stop")?;
        Ok(())
    }

    fn await_ready(&mut self) -> Result<()> {
        let lines = BufReader::new(self.keeper.stdout.take().context("the keeper has no output")?).lines();
        for line in lines {
            let line = line.context("reading from the keeper")?;
            match line.split_once('=') {
                Some((name, value)) => self.addresses.push((name.to_owned(), value.to_owned())),
                None if line == READY => return Ok(()),
                None => {}
            }
        }
        bail!("the servers for the tests could not be started")
    }
}

/// The keeper's part: starts what it is told to, names the addresses, waits, stops.
pub fn keep(arguments: &[String]) -> Result<ExitCode> {
    let mut arguments = arguments.iter();
    let state = PathBuf::from(arguments.next().context("this command is for xtask itself")?);
    let _lock = lock(&state)?;
    // Dropped in reverse order of their start, whichever way this function is left.
    let mut postgres = None;
    let mut rabbitmq = None;
    let mut lines = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--postgres" => {
                let cluster = start_postgres(&state)?;
                lines.push(format!("DATABASE_URL={}", cluster.url("postgres")));
                postgres = Some(cluster);
            }
            "--rabbitmq" => {
                let script = arguments.next().context("--rabbitmq needs a path")?;
                let broker = RabbitMq::start(Path::new(script), &state.join("rabbitmq"))?;
                lines.push(format!("AMQP_URL={}", broker.url()));
                rabbitmq = Some(broker);
            }
            other => bail!("unknown argument {other}"),
        }
    }
    lines.push(READY.to_owned());
    writeln!(io::stdout(), "{}", lines.join("\n"))?;
    io::stdout().flush()?;
    // Ends when the first process closes its side or is gone.
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    drop(rabbitmq);
    drop(postgres);
    Ok(ExitCode::SUCCESS)
}

fn start_postgres(state: &Path) -> Result<Cluster> {
    let data_dir = cluster_folder(state)?;
    // Every run starts empty: without fsync, what a crash left behind is not to be relied on.
    local_postgres::erase(&data_dir)?;
    let settings = vec![("max_connections".to_owned(), "300".to_owned())];
    let options = ClusterOptions {
        durable: false,
        settings,
        ..ClusterOptions::new(&data_dir)
    };
    let cluster = Cluster::start(&options)?;
    say(format_args!(
        "PostgreSQL: started on port {}, log in {}",
        cluster.port(),
        data_dir.display()
    ));
    Ok(cluster)
}

/// `target/xtask/pg`, or for root, when that is below a closed folder such as its home, a folder of this checkout's
/// own in /var/lib.
fn cluster_folder(state: &Path) -> Result<PathBuf> {
    let folder = state.join("pg");
    if local_postgres::account_can_enter(&folder)? {
        return Ok(folder);
    }
    let checkout: String = state
        .display()
        .to_string()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    Ok(Path::new("/var/lib/stylelicense-xtask").join(checkout.trim_matches('-')))
}

/// One run at a time in this target folder; the next one waits.
fn lock(state: &Path) -> Result<File> {
    fs::create_dir_all(state).with_context(|| format!("making {}", state.display()))?;
    let path = state.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&path);
    let file = file.with_context(|| format!("opening {}", path.display()))?;
    if file.try_lock().is_err() {
        say("waiting for another `cargo xtask test` to end…");
        file.lock()
            .with_context(|| format!("locking {}", path.display()))?;
    }
    Ok(file)
}

pub(super) fn is_given(name: &str) -> bool {
    let given = env::var(name).is_ok_and(|value| !value.is_empty());
    if given {
        say(format_args!("{name}: taken from the environment"));
    }
    given
}
