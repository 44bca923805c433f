//! The folder that keeps the local platform's data between runs.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Secrets of the local platform, drawn at the first start.
const SECRETS: [&str; 6] = [
    "SECRET_KEY",
    "INTERNAL_API_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "GOOGLE_CLIENT_SECRET",
    "TOSS_SECRET_KEY",
];

/// The folder.
pub struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// `STYLELICENSE_DATA_DIR`, or `/var/lib/stylelicense` for root and the user's data folder otherwise. With `fresh`,
    /// what the platform kept there is thrown away, and nothing else.
    pub fn open(fresh: bool) -> anyhow::Result<Self> {
        let folder = Self { root: root()? };
        if fresh {
            local_postgres::erase(&folder.postgres()).context("the old database cannot be removed")?;
            for old in [folder.objects(), folder.samples()] {
                if old.exists() {
                    fs::remove_dir_all(&old)
                        .with_context(|| format!("{} cannot be removed", old.display()))?;
                }
            }
            for old in [folder.secrets_file(), folder.login_key(), folder.payments()] {
                if old.exists() {
                    fs::remove_file(&old).with_context(|| format!("{} cannot be removed", old.display()))?;
                }
            }
        }
        fs::create_dir_all(&folder.root)
            .with_context(|| format!("{} cannot be made", folder.root.display()))?;
        Ok(folder)
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The PostgreSQL cluster.
    pub fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// The objects of the local S3.
    pub fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// Pictures to try an upload with.
    pub fn samples(&self) -> PathBuf {
        self.root.join("samples")
    }

    /// The demo login provider's signing key.
    pub fn login_key(&self) -> PathBuf {
        self.root.join("login-key.pem")
    }

    /// The payments of the local payment provider.
    pub fn payments(&self) -> PathBuf {
        self.root.join("payments.json")
    }

    /// Reads the local secrets; draws those that are missing and keeps them for the next start.
    pub fn secrets(&self) -> anyhow::Result<Map<String, Value>> {
        let path = self.secrets_file();
        let mut secrets: Map<String, Value> = match fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", path.display()))?
            }
            Err(_) => Map::new(),
        };
        for name in SECRETS {
            secrets
                .entry(name)
                .or_insert_with(|| Value::String(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())));
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        file.write_all(&serde_json::to_vec_pretty(&secrets)?)?;
        Ok(secrets)
    }

    /// Where the secrets are kept.
    pub fn secrets_file(&self) -> PathBuf {
        self.root.join("secrets.json")
    }
}

fn root() -> anyhow::Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("STYLELICENSE_DATA_DIR").filter(|dir| !dir.is_empty()) {
        return std::path::absolute(PathBuf::from(chosen)).context("STYLELICENSE_DATA_DIR is no folder");
    }
    if local_postgres::is_root() {
        return Ok(PathBuf::from("/var/lib/stylelicense"));
    }
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let base = data.filter(|dir| dir.is_absolute()).or(home);
    base.map(|dir| dir.join("stylelicense"))
        .context("set STYLELICENSE_DATA_DIR: there is no home folder")
}
