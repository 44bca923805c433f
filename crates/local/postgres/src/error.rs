//! Errors of a private cluster. Each message says what to do.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a private PostgreSQL could not be started or removed.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No folder holds both `initdb` and `postgres`; `hint` is one line on how to install them here.
    #[error("the PostgreSQL server is not installed (initdb and postgres not found): {hint}")]
    MissingBinaries { hint: String },
    #[error("{} is in use by another running instance; stop that one first", .data_dir.display())]
    InUse { data_dir: PathBuf },
    /// Root needs another account to run PostgreSQL as, and this system has neither of the usual ones.
    #[error(
        "PostgreSQL refuses to run as root, and this system has neither a `postgres` nor a `nobody` account"
    )]
    NoAccount,
    /// A folder above the cluster is closed to the account that PostgreSQL has to run as.
    #[error("the account `{account}`, which PostgreSQL runs as, cannot enter {}; choose another folder", .path.display())]
    NotTraversable { path: PathBuf, account: String },
    #[error(
        "the password of this PostgreSQL is missing: put {} back, or throw the data away and start afresh (`--fresh`)", .path.display()
    )]
    NoPassword { path: PathBuf },
    #[error("initdb failed: {output}")]
    InitFailed { output: String },
    /// The server ended before it was ready.
    #[error("PostgreSQL ended while starting; the end of its log:\n{log}")]
    StartFailed { log: String },
    /// The server did not get ready in time and was stopped.
    #[error("PostgreSQL did not get ready in time; the end of its log:\n{log}")]
    NotReady { log: String },
    #[error("the PostgreSQL server {pid} of an earlier instance does not stop")]
    OrphanNotStopped { pid: u32 },
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl ClusterError {
    /// Whether trying again a moment later, with another port, may succeed.
    pub(crate) fn is_retryable(&self) -> bool {
        let passing = ["Address already in use", "still in use", "lock file"];
        matches!(self, Self::StartFailed { log } if passing.iter().any(|text| log.contains(text)))
    }
}

/// Adds what was being done to an I/O error.
pub(crate) trait IoContext<T> {
    fn context(self, doing: &'static str, path: &Path) -> Result<T, ClusterError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn context(self, doing: &'static str, path: &Path) -> Result<T, ClusterError> {
        self.map_err(|source| ClusterError::Io {
            doing,
            path: path.to_path_buf(),
            source,
        })
    }
}

/// The last lines of a log, for an error message.
pub(crate) fn log_tail(path: &Path) -> String {
    let text = fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
