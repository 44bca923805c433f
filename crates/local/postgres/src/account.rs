//! The account that PostgreSQL runs as when this process runs as root.

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
    /// `None` when this process does not run as root: PostgreSQL then runs as the same user.
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
    pub(crate) fn inaccessible_folder_above(&self, path: &Path) -> Option<PathBuf> {
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

/// Whether this process runs as root.
pub fn is_root() -> bool {
    geteuid().is_root()
}

/// Whether the account that PostgreSQL runs as can traverse all folders above `data_dir` (absolute). It cannot traverse
/// root's home folder, for example.
///
/// # Errors
/// `NoAccount` when this process runs as root and there is no other account for PostgreSQL.
pub fn account_can_access(data_dir: &Path) -> Result<bool, ClusterError> {
    Ok(Account::to_run_as()?.is_none_or(|account| account.inaccessible_folder_above(data_dir).is_none()))
}
