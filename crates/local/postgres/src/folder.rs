//! The folder of one cluster: its paths, its owner, and the lock that excludes a second instance.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf, absolute};

use crate::account::Account;
use crate::error::{ClusterError, IoContext};

/// An absolute path.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn at(data_dir: &Path) -> Result<Self, ClusterError> {
        Ok(Self(absolute(data_dir).context("resolving", data_dir)?))
    }

    /// Creates the folder, makes `account` its owner, and checks that the account can reach it.
    pub(crate) fn prepare(data_dir: &Path, account: Option<&Account>) -> Result<Self, ClusterError> {
        let folder = Self::at(data_dir)?;
        let path = folder.path();
        create_parents(path)?;
        if !path.exists() {
            DirBuilder::new()
                .mode(0o700)
                .create(path)
                .context("creating", path)?;
        }
        if let Some(account) = account {
            if let Some(inaccessible) = account.inaccessible_folder_above(path) {
                let account = account.name.clone();
                return Err(ClusterError::NotTraversable {
                    path: inaccessible,
                    account,
                });
            }
            chown(path, Some(account.uid), Some(account.gid)).context("changing the owner of", path)?;
        }
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// The folder that `initdb` writes to. It is renamed to `data` at the end, so that an incomplete cluster is never
    /// started.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.0.join("data.tmp")
    }

    pub(crate) fn password(&self) -> PathBuf {
        password_file(&self.0)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("postgres.log")
    }

    /// Locks the folder until the file is unlocked or closed, or the process ends.
    pub(crate) fn lock(&self) -> Result<File, ClusterError> {
        let path = self.0.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path);
        let file = file.context("opening", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(ClusterError::InUse {
                data_dir: self.0.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(ClusterError::Io {
                doing: "locking",
                path,
                source,
            }),
        }
    }
}

/// The file with the superuser's password of the cluster in `data_dir`.
pub fn password_file(data_dir: &Path) -> PathBuf {
    data_dir.join("password")
}

/// Creates missing folders above `path` that all users can traverse, independent of the umask.
fn create_parents(path: &Path) -> Result<(), ClusterError> {
    let above: Vec<&Path> = path.ancestors().skip(1).collect();
    for folder in above.into_iter().rev().filter(|folder| !folder.exists()) {
        fs::create_dir(folder).context("creating", folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o755))
            .context("setting the permissions of", folder)?;
    }
    Ok(())
}
