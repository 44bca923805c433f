//! Servers for the tests, started and stopped by a second xtask process, the supervisor.
//!
//! The supervisor stops them when its standard input closes. That happens however the first process ends, even by
//! SIGKILL, so no server is left running and no signal has to be handled.

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
use crate::{install, log};

/// Command of the supervisor: `supervise-services <state folder> [--postgres] [--rabbitmq <rabbitmq-server>]`.
pub const COMMAND: &str = "supervise-services";

/// Printed by the supervisor when all servers are ready.
const READY: &str = "ready";

/// The servers of this run, from the first process.
pub struct Services {
    supervisor: Child,
    urls: Vec<(String, String)>,
}

impl Services {
    /// Installs and starts PostgreSQL unless `DATABASE_URL` is set, and RabbitMQ unless `AMQP_URL` is set.
    pub fn start(folders: &Folders) -> Result<Self> {
        let mut command = Command::new(env::current_exe().context("finding this program")?);
        command.arg(COMMAND).arg(&folders.state).process_group(0);
        if !is_set("DATABASE_URL") {
            install::ensure_postgres()?;
            command.arg("--postgres");
        }
        if !is_set("AMQP_URL") {
            command.arg("--rabbitmq").arg(install::ensure_rabbitmq()?);
        }
        let supervisor = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the supervisor")?;
        let mut services = Self {
            supervisor,
            urls: Vec::new(),
        };
        services.wait_until_ready()?;
        Ok(services)
    }

    /// `DATABASE_URL` and `AMQP_URL` of the servers that were started.
    pub fn urls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.urls
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Stops the servers and waits until they are down.
    pub fn stop(mut self) -> Result<()> {
        drop(self.supervisor.stdin.take());
        self.supervisor.wait().context("waiting for the supervisor")?;
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let stdout = self.supervisor.stdout.take().context("no standard output")?;
        let lines = BufReader::new(stdout).lines();
        for line in lines {
            let line = line.context("reading from the supervisor")?;
            match line.split_once('=') {
                Some((name, value)) => self.urls.push((name.to_owned(), value.to_owned())),
                None if line == READY => return Ok(()),
                None => {}
            }
        }
        bail!("cannot start the servers for the tests")
    }
}

/// Runs the supervisor: starts servers, prints their URLs and waits until it has to stop them.
pub fn supervise(arguments: &[String]) -> Result<ExitCode> {
    let mut arguments = arguments.iter();
    let state = PathBuf::from(arguments.next().context("this command is for xtask itself")?);
    let _lock = lock(&state)?;
    // Dropping them stops the servers, also if this function fails.
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
    // Returns when the first process closes the pipe or ends.
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    drop(rabbitmq);
    drop(postgres);
    Ok(ExitCode::SUCCESS)
}

fn start_postgres(state: &Path) -> Result<Cluster> {
    let data_dir = cluster_folder(state)?;
    // Every run starts empty: data that a crash left behind may be corrupt without fsync.
    local_postgres::erase(&data_dir)?;
    let settings = vec![("max_connections".to_owned(), "300".to_owned())];
    let options = ClusterOptions {
        durable: false,
        settings,
        ..ClusterOptions::new(&data_dir)
    };
    let cluster = Cluster::start(&options)?;
    log(format_args!(
        "PostgreSQL: started on port {}, log in {}",
        cluster.port(),
        data_dir.display()
    ));
    Ok(cluster)
}

/// `target/xtask/pg`, or a folder in /var/lib if the account that runs PostgreSQL cannot enter the former, for example
/// below the home of root.
fn cluster_folder(state: &Path) -> Result<PathBuf> {
    let folder = state.join("pg");
    if local_postgres::account_can_access(&folder)? {
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

/// Allows one run at a time per target folder; others wait.
fn lock(state: &Path) -> Result<File> {
    fs::create_dir_all(state).with_context(|| format!("creating {}", state.display()))?;
    let path = state.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&path);
    let file = file.with_context(|| format!("opening {}", path.display()))?;
    if file.try_lock().is_err() {
        log("waiting for another `cargo xtask test` to end…");
        file.lock()
            .with_context(|| format!("locking {}", path.display()))?;
    }
    Ok(file)
}

pub(super) fn is_set(name: &str) -> bool {
    let is_set = env::var(name).is_ok_and(|value| !value.is_empty());
    if is_set {
        log(format_args!("{name}: taken from the environment"));
    }
    is_set
}
