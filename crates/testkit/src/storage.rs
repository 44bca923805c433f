//! Object storage of a test's own: the laptop's, in a folder that goes away with it.

use std::net::SocketAddr;
use std::path::PathBuf;

use adapter_s3::{S3Storage, Settings};
use anyhow::Result;
use local_services::s3::{LocalS3, LocalS3Options};
use tempfile::TempDir;

/// A store with two empty buckets and one account. Dropped, it stops and removes its objects.
#[derive(Debug)]
pub struct TestStorage {
    /// `http://localhost:<port>`; buckets are the first part of the path.
    pub endpoint: String,
    /// Part of every signature; the store takes any.
    pub region: String,
    /// Access key id of the account.
    pub access_key: String,
    /// The secret that belongs to the access key id.
    pub secret_key: String,
    /// Readable by anybody who knows the key.
    pub public_bucket: String,
    /// Readable with a signature only.
    pub private_bucket: String,
    // Stops before its folder goes: fields are dropped in this order.
    server: LocalS3,
    folder: TempDir,
}

impl TestStorage {
    /// Starts a store on a free port.
    ///
    /// # Errors
    /// No folder or no port can be had.
    pub fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let access_key = format!("test-{:016x}", rand::random::<u64>());
        let secret_key = format!("{:032x}", rand::random::<u128>());
        let (public_bucket, private_bucket) = ("media".to_owned(), "media-private".to_owned());
        let server = LocalS3::start(LocalS3Options {
            root: folder.path().to_owned(),
            port: 0,
            public_bucket: public_bucket.clone(),
            private_bucket: private_bucket.clone(),
            access_key: access_key.clone(),
            secret_key: secret_key.clone().into(),
            allowed_origins: Vec::new(),
        })?;
        Ok(Self {
            endpoint: server.endpoint(),
            region: "us-east-1".to_owned(),
            access_key,
            secret_key,
            public_bucket,
            private_bucket,
            server,
            folder,
        })
    }

    /// Where it listens, for a proxy in front of it.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The folder of a bucket: an object is the file named by its key.
    pub fn folder_of(&self, bucket: &str) -> PathBuf {
        self.folder.path().join(bucket)
    }

    /// What the storage adapter needs to use it.
    pub fn settings(&self) -> Settings {
        Settings {
            endpoint: Some(self.endpoint.clone()),
            region: self.region.clone(),
            access_key: Some(self.access_key.clone().into()),
            secret_key: Some(self.secret_key.clone().into()),
            public_bucket: self.public_bucket.clone(),
            private_bucket: self.private_bucket.clone(),
            timeout: Settings::DEFAULT_TIMEOUT,
        }
    }

    /// The storage adapter on top of it.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn storage(&self) -> Result<S3Storage> {
        Ok(S3Storage::new(&self.settings())?)
    }
}
