//! A private PostgreSQL server: finds the installed programs, creates a cluster in a directory, runs it as a child
//! process and stops it when it is dropped.
//!
//! The crate is synchronous, because `dev` and `cargo xtask test` use it before a runtime exists. The directory holds
//! `data` (the cluster), `password` (of its superuser), `postgres.log` (of the last start) and `lock` (one instance at
//! a time). Other users of the machine can reach the port too, so the server requires the password.
//!
//! # Starting a cluster
//!
//! ```no_run
//! use stylelicense_local_postgres::{Cluster, ClusterError, ClusterOptions};
//!
//! let cluster = Cluster::start(&ClusterOptions {
//!     // fsync off: faster, for data that may be lost.
//!     durable: false,
//!     ..ClusterOptions::new("/tmp/stylelicense-example")
//! })?;
//! println!("{}", cluster.url("postgres"));
//! # Ok::<(), ClusterError>(())
//! ```

mod account;
mod binaries;
mod error;
mod folder;
mod password;
mod postmaster;
pub mod process;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub use account::{account_can_access, is_root};
pub use binaries::Binaries;
pub use error::ClusterError;
pub use folder::password_file;

use account::Account;
use error::{IoContext, log_tail};
use folder::Folder;
use password::Password;
use process::{ProcessGroup, Signal};

/// Includes the recovery after a crash.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// A start may fail because another program took the port, or because the processes of a killed server still use its
/// shared memory.
const START_ATTEMPTS: u32 = 5;
/// SIGINT closes the sessions and writes a checkpoint; SIGQUIT stops at once and needs recovery at the next start.
const STOP_STEPS: [(Signal, Duration); 2] = [
    (Signal::SIGINT, Duration::from_secs(15)),
    (Signal::SIGQUIT, Duration::from_secs(5)),
];

#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// The folder of this cluster; created when it is missing.
    pub data_dir: PathBuf,
    /// `false` for tests: fsync is off, so a crash of the machine (not of PostgreSQL) may lose data.
    pub durable: bool,
    /// The TCP port on 127.0.0.1; `None` selects a free one.
    pub port: Option<u16>,
    /// Server settings by name, e.g. `("max_connections", "300")`.
    pub settings: Vec<(String, String)>,
}

impl ClusterOptions {
    /// A durable cluster on a free port with PostgreSQL's default settings.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durable: true,
            port: None,
            settings: Vec::new(),
        }
    }
}

/// A running PostgreSQL server; dropping it stops the server and keeps the data.
#[derive(Debug)]
pub struct Cluster {
    server: ProcessGroup,
    // Without the lock, a second instance would stop this server as an orphan.
    lock: File,
    port: u16,
    password: Password,
    bin_dir: PathBuf,
}

impl Cluster {
    /// Starts the cluster in `options.data_dir` and creates it when it is missing. Stops the server of a killed
    /// instance first. For root, the server runs as `postgres` or `nobody`, because PostgreSQL refuses to run as root.
    ///
    /// # Errors
    /// The user can fix `MissingBinaries`, `InUse`, `NotTraversable` and `NoPassword`.
    pub fn start(options: &ClusterOptions) -> Result<Self, ClusterError> {
        let binaries = Binaries::find()?;
        let account = Account::to_run_as()?;
        let folder = Folder::prepare(&options.data_dir, account.as_ref())?;
        let lock = folder.lock()?;
        postmaster::stop_orphan(&folder, &STOP_STEPS)?;
        let password = if folder.data().join("PG_VERSION").is_file() {
            Password::read(&folder)?
        } else {
            initialize(&binaries, &folder, account.as_ref(), options.durable)?
        };
        let mut attempt = 1;
        loop {
            match launch(&binaries, &folder, account.as_ref(), options) {
                Ok((server, port)) => {
                    return Ok(Self {
                        server,
                        lock,
                        port,
                        password,
                        bin_dir: binaries.folder().to_path_buf(),
                    });
                }
                Err(error) if attempt < START_ATTEMPTS && error.is_retryable() => {
                    attempt += 1;
                    thread::sleep(Duration::from_millis(300));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The URL of `database` for the superuser. It contains the password.
    pub fn url(&self, database: &str) -> String {
        let password = self.password.reveal();
        format!(
            "postgres://postgres:{password}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id of the postmaster.
    pub fn pid(&self) -> u32 {
        self.server.id()
    }

    /// The folder of the PostgreSQL programs; `psql` is usually there too.
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// Stops the server and waits for it; the data stays.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.server.stop(&STOP_STEPS);
        // Closing the file is not enough: a child that is just being forked would hold the lock until its exec.
        let _ = self.lock.unlock();
    }
}

/// Removes the cluster in `data_dir`, if there is one. Stops the server of a killed instance first; fails with `InUse`
/// while an instance runs.
pub fn erase(data_dir: &Path) -> Result<(), ClusterError> {
    if !data_dir.exists() {
        return Ok(());
    }
    let folder = Folder::at(data_dir)?;
    let lock = folder.lock()?;
    postmaster::stop_orphan(&folder, &STOP_STEPS)?;
    for part in [folder.data(), folder.unfinished()] {
        if part.exists() {
            fs::remove_dir_all(&part).context("removing", &part)?;
        }
    }
    let password = folder.password();
    if password.exists() {
        fs::remove_file(&password).context("removing", &password)?;
    }
    let _ = lock.unlock();
    Ok(())
}

fn initialize(
    binaries: &Binaries,
    folder: &Folder,
    account: Option<&Account>,
    durable: bool,
) -> Result<Password, ClusterError> {
    let unfinished = folder.unfinished();
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).context("removing", &unfinished)?;
    }
    let password = Password::generate(folder, account)?;
    let mut initdb = command(&binaries.initdb(), folder, account);
    // With the C locale, Korean text has no trigrams, so a search would scan whole tables.
    initdb.args([
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--auth=scram-sha-256",
        "--username=postgres",
    ]);
    initdb.arg("--pwfile").arg(folder.password());
    initdb.arg("-D").arg(&unfinished);
    if !durable {
        initdb.arg("--no-sync");
    }
    let output = initdb.output().context("running", &binaries.initdb())?;
    if !output.status.success() {
        return Err(ClusterError::InitFailed {
            output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    fs::rename(&unfinished, folder.data()).context("renaming", &unfinished)?;
    Ok(password)
}

fn launch(
    binaries: &Binaries,
    folder: &Folder,
    account: Option<&Account>,
    options: &ClusterOptions,
) -> Result<(ProcessGroup, u16), ClusterError> {
    let port = match options.port {
        Some(port) => port,
        None => process::free_ports::<1>().context("looking for a free port", folder.path())?[0],
    };
    let log_path = folder.log();
    let log = File::create(&log_path).context("opening", &log_path)?;
    let mut postgres = command(&binaries.postgres(), folder, account);
    postgres
        .arg("-D")
        .arg(folder.data())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    // No Unix socket: its path is limited to 107 bytes, and nothing here needs it.
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "logging_collector=off",
    ] {
        postgres.arg("-c").arg(setting);
    }
    if !options.durable {
        // A commit still reaches the kernel, so tests can kill the server without losing data.
        postgres.args(["-c", "fsync=off", "-c", "full_page_writes=off"]);
    }
    for (name, value) in &options.settings {
        postgres.arg("-c").arg(format!("{name}={value}"));
    }
    postgres.arg("-c").arg(format!("port={port}"));
    let mut server = ProcessGroup::spawn(&mut postgres).context("running", &binaries.postgres())?;
    wait_until_ready(&mut server, folder)?;
    Ok((server, port))
}

fn wait_until_ready(server: &mut ProcessGroup, folder: &Folder) -> Result<(), ClusterError> {
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        if postmaster::is_ready(folder, server.id()) {
            return Ok(());
        }
        let exited = server.exit_status().context("waiting for", folder.path())?;
        if exited.is_some() {
            return Err(ClusterError::StartFailed {
                log: log_tail(&folder.log()),
            });
        }
        if Instant::now() > deadline {
            server.stop(&STOP_STEPS);
            return Err(ClusterError::NotReady {
                log: log_tail(&folder.log()),
            });
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn command(program: &Path, folder: &Folder, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    // The account may have no access to the current folder. `is_retryable` needs English messages.
    command.current_dir(folder.path()).env("LC_ALL", "C.UTF-8");
    for name in ["PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGDATABASE", "PGOPTIONS"] {
        command.env_remove(name);
    }
    if let Some(account) = account {
        account.apply(&mut command);
    }
    command
}
