//! The account PostgreSQL runs as when this process is root's.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{User, geteuid};

use crate::error::ClusterError;

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// `None` when this process is not root's: PostgreSQL then runs as the same user.
    pub(crate) fn to_run_as() -> Result<Option<Self>, ClusterError> {
        if !is_root() {
            return Ok(None);
        }
        let user = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten());
        let user = user.ok_or(ClusterError::NoAccount)?;
        Ok(Some(Self {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
        }))
    }

    pub(crate) fn apply(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// The nearest existing folder above `path` that this account cannot traverse.
    pub(crate) fn closed_folder_above(&self, path: &Path) -> Option<PathBuf> {
        let mut above = path.ancestors().skip(1).filter(|folder| folder.exists());
        above
            .find(|folder| !self.can_traverse(folder))
            .map(Path::to_path_buf)
    }

    fn can_traverse(&self, folder: &Path) -> bool {
        fs::metadata(folder).is_ok_and(|found| {
            let needed = if found.uid() == self.uid {
                0o100
            } else if found.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            found.mode() & needed != 0
        })
    }
}

/// Whether this process is root's.
pub fn is_root() -> bool {
    geteuid().is_root()
}

/// Whether a cluster can lie at `data_dir` (absolute), as far as the folders above it go; root's own home folder,
/// for example, is closed to the account that PostgreSQL has to run as.
///
/// # Errors
/// `NoAccount` when root finds no other account to run PostgreSQL as.
pub fn account_can_enter(data_dir: &Path) -> Result<bool, ClusterError> {
    Ok(Account::to_run_as()?.is_none_or(|account| account.closed_folder_above(data_dir).is_none()))
}
