//! The password of a cluster's superuser: drawn when the cluster is made, kept beside it for its owner alone.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::Path;

use super::account::Account;
use super::error::{ClusterError, IoContext};
use super::folder::Folder;

/// A password of letters and digits, so that it needs no escapes in an address.
pub(super) struct Password(String);

impl Password {
    /// Draws a password and keeps it where `initdb`, run as `account`, can read it too.
    pub(super) fn draw(folder: &Folder, account: Option<&Account>) -> Result<Self, ClusterError> {
        let path = folder.password();
        let password = Self(random().doing("reading", Path::new(RANDOM))?);
        keep(&path, &password.0).doing("writing", &path)?;
        if let Some(account) = account {
            chown(&path, Some(account.uid), Some(account.gid)).doing("changing the owner of", &path)?;
        }
        Ok(password)
    }

    /// The password of a cluster made earlier.
    pub(super) fn kept(folder: &Folder) -> Result<Self, ClusterError> {
        let path = folder.password();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self(text.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ClusterError::NoPassword { path }),
            Err(error) => Err(error).doing("reading", &path),
        }
    }

    /// The password itself, for an address.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The system's own source: this crate's smallest form has no other.
const RANDOM: &str = "/dev/urandom";

fn random() -> io::Result<String> {
    let mut source = File::open(RANDOM)?;
    let mut halves = [[0; 16]; 2];
    for half in &mut halves {
        source.read_exact(half)?;
    }
    Ok(halves
        .map(|half| format!("{:032x}", u128::from_ne_bytes(half)))
        .concat())
}

/// Writes a file that nobody else can read, not even while it is written.
fn keep(path: &Path, password: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    // An older file keeps its mode when it is opened.
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "{password}")
}
