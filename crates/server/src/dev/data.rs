//! The folder with the data of the local platform.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Secrets that are generated at the first start.
const SECRETS: [&str; 6] = [
    "SECRET_KEY",
    "INTERNAL_API_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "GOOGLE_CLIENT_SECRET",
    "TOSS_SECRET_KEY",
];

pub struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// Opens `STYLELICENSE_DATA_DIR`, by default `/var/lib/stylelicense` for root and the user's data folder otherwise.
    /// `fresh` deletes the platform's data in it, and no other files.
    pub fn open(fresh: bool) -> anyhow::Result<Self> {
        let folder = Self { root: root()? };
        if fresh {
            local_postgres::erase(&folder.postgres()).context("cannot delete the old database")?;
            for old in [folder.objects(), folder.samples()] {
                if old.exists() {
                    fs::remove_dir_all(&old).with_context(|| format!("cannot delete {}", old.display()))?;
                }
            }
            for old in [folder.secrets_file(), folder.login_key(), folder.payments()] {
                if old.exists() {
                    fs::remove_file(&old).with_context(|| format!("cannot delete {}", old.display()))?;
                }
            }
        }
        fs::create_dir_all(&folder.root)
            .with_context(|| format!("cannot create {}", folder.root.display()))?;
        Ok(folder)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// Objects of the local S3.
    pub fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// Sample images for uploads.
    pub fn samples(&self) -> PathBuf {
        self.root.join("samples")
    }

    /// Signing key of the demo login provider.
    pub fn login_key(&self) -> PathBuf {
        self.root.join("login-key.pem")
    }

    /// Payments of the local payment provider.
    pub fn payments(&self) -> PathBuf {
        self.root.join("payments.json")
    }

    /// Reads the secrets, and generates and stores those that are missing.
    pub fn secrets(&self) -> anyhow::Result<Map<String, Value>> {
        let path = self.secrets_file();
        let mut secrets: Map<String, Value> = match fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("cannot parse {}", path.display()))?
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
            .with_context(|| format!("cannot write {}", path.display()))?;
        file.write_all(&serde_json::to_vec_pretty(&secrets)?)?;
        Ok(secrets)
    }

    pub fn secrets_file(&self) -> PathBuf {
        self.root.join("secrets.json")
    }
}

fn root() -> anyhow::Result<PathBuf> {
    if let Some(dir) = std::env::var_os("STYLELICENSE_DATA_DIR").filter(|dir| !dir.is_empty()) {
        return std::path::absolute(PathBuf::from(dir)).context("STYLELICENSE_DATA_DIR is not a path");
    }
    if local_postgres::is_root() {
        return Ok(PathBuf::from("/var/lib/stylelicense"));
    }
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let base = data.filter(|dir| dir.is_absolute()).or(home);
    base.map(|dir| dir.join("stylelicense"))
        .context("there is no home directory: set STYLELICENSE_DATA_DIR")
}
