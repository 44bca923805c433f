//! Errors with messages for the user.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No folder contains both `initdb` and `postgres`; `hint` says how to install them.
    #[error("the PostgreSQL server is not installed (initdb and postgres not found): {hint}")]
    MissingBinaries { hint: String },
    #[error("{} is in use by another running instance; stop that one first", .data_dir.display())]
    InUse { data_dir: PathBuf },
    #[error(
        "PostgreSQL refuses to run as root, and this system has neither a `postgres` nor a `nobody` account"
    )]
    NoAccount,
    /// The account that PostgreSQL runs as cannot traverse a folder above the cluster.
    #[error("the account `{account}`, which PostgreSQL runs as, has no access to {}; choose another folder", .path.display())]
    NotTraversable { path: PathBuf, account: String },
    #[error(
        "the password of this PostgreSQL is missing: restore {}, or delete the data and start afresh (`--fresh`)", .path.display()
    )]
    NoPassword { path: PathBuf },
    #[error("initdb failed: {output}")]
    InitFailed { output: String },
    #[error("PostgreSQL exited while starting; the end of its log:\n{log}")]
    StartFailed { log: String },
    #[error("PostgreSQL was not ready before the timeout; the end of its log:\n{log}")]
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
    /// Whether a retry, with another port if it is free to choose, may succeed.
    pub(crate) fn is_retryable(&self) -> bool {
        let transient = ["Address already in use", "still in use", "lock file"];
        matches!(self, Self::StartFailed { log } if transient.iter().any(|text| log.contains(text)))
    }
}

/// Adds the failed operation and the path to an I/O error.
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
