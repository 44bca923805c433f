//! Finds `initdb` and `postgres` on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::ClusterError;

/// Debian and Ubuntu install the programs here, one folder per version, outside of the PATH.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// A folder that holds both `initdb` and `postgres`.
#[derive(Clone, Debug)]
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Searches the PATH, Debian's folders (newest version first) and the folder that `pg_config` reports.
    ///
    /// # Errors
    /// `MissingBinaries` with the command that installs PostgreSQL on this system.
    pub fn find() -> Result<Self, ClusterError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let candidates = env::split_paths(&path).chain(newest_first(Path::new(DEBIAN_VERSIONS)));
        // Last, because it starts a process.
        candidates
            .chain(std::iter::once_with(pg_config_folder).flatten())
            .find_map(|folder| Self::in_folder(&folder))
            .ok_or_else(|| ClusterError::MissingBinaries { hint: install_hint() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    fn in_folder(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        // Follow a symbolic link in the PATH to the folder with the other programs of the same version.
        let real = fs::canonicalize(folder.join("postgres")).ok()?;
        let real_folder = real.parent()?;
        let folder = if real_folder.join("initdb").is_file() {
            real_folder
        } else {
            folder
        };
        Some(Self {
            folder: folder.to_path_buf(),
        })
    }
}

fn newest_first(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

fn pg_config_folder() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim()))
}

fn install_hint() -> String {
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let command = install_command(&system, cfg!(target_os = "macos"));
    format!("install it with `{command}`")
}

fn install_command(os_release: &str, macos: bool) -> &'static str {
    let families: Vec<&str> = os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .collect();
    let is = |family: &str| families.contains(&family);
    if macos {
        "brew install postgresql@17"
    } else if is("fedora") || is("rhel") {
        "sudo dnf install postgresql-server"
    } else if is("arch") {
        "sudo pacman -S postgresql"
    } else if is("alpine") {
        "sudo apk add postgresql"
    } else if is("suse") || is("opensuse") {
        "sudo zypper install postgresql-server"
    } else {
        "sudo apt-get install postgresql"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_sorted_as_numbers_newest_first() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17", "common"] {
            fs::create_dir(root.path().join(version)).unwrap();
        }
        let found = newest_first(root.path());
        let expected: Vec<PathBuf> = ["17", "15", "9"].map(|v| root.path().join(v).join("bin")).into();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_folder_with_only_one_of_the_programs_is_skipped() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("initdb"), "").unwrap();
        assert!(Binaries::in_folder(root.path()).is_none());
        fs::write(root.path().join("postgres"), "").unwrap();
        assert!(Binaries::in_folder(root.path()).is_some());
    }

    #[test]
    fn a_symbolic_link_is_resolved_to_the_folder_of_its_version() {
        let root = tempfile::tempdir().unwrap();
        let (real, links) = (root.path().join("real"), root.path().join("links"));
        for folder in [&real, &links] {
            fs::create_dir(folder).unwrap();
        }
        for program in ["initdb", "postgres"] {
            fs::write(real.join(program), "").unwrap();
            std::os::unix::fs::symlink(real.join(program), links.join(program)).unwrap();
        }
        let found = Binaries::in_folder(&links).unwrap();
        assert_eq!(found.folder(), fs::canonicalize(real).unwrap());
    }

    #[test]
    fn the_install_hint_matches_the_system() {
        assert!(install_command("ID=debian\n", false).contains("apt-get"));
        assert!(install_command("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", false).contains("dnf"));
        assert!(install_command("ID=arch\n", false).contains("pacman"));
        assert!(install_command("", true).contains("brew"));
    }
}
