//! The password of the superuser: generated with the cluster and stored next to it, readable only by its owner.

use std::fmt;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::Path;

use crate::account::Account;
use crate::error::{ClusterError, IoContext};
use crate::folder::Folder;

/// Letters and digits only, so that it needs no percent-encoding in a URL.
pub(crate) struct Password(String);

impl Password {
    /// Generates a password and writes it to a file that `initdb`, running as `account`, can read.
    pub(crate) fn generate(folder: &Folder, account: Option<&Account>) -> Result<Self, ClusterError> {
        let path = folder.password();
        let password = Self(random().context("generating a password for", &path)?);
        write_private(&path, &password.0).context("writing", &path)?;
        if let Some(account) = account {
            chown(&path, Some(account.uid), Some(account.gid)).context("changing the owner of", &path)?;
        }
        Ok(password)
    }

    pub(crate) fn read(folder: &Folder) -> Result<Self, ClusterError> {
        let path = folder.password();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self(text.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ClusterError::NoPassword { path }),
            Err(error) => Err(error).context("reading", &path),
        }
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

fn random() -> io::Result<String> {
    let mut halves = [[0; 16]; 2];
    for half in &mut halves {
        getrandom::fill(half)?;
    }
    Ok(halves
        .map(|half| format!("{:032x}", u128::from_ne_bytes(half)))
        .concat())
}

/// Writes a file that other users can never read, not even during the write.
fn write_private(path: &Path, password: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    // An existing file keeps its mode when it is opened.
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "{password}")
}
