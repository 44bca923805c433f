//! The local object store in a temporary folder.

use std::net::SocketAddr;
use std::path::PathBuf;

use adapter_s3::{S3Storage, Settings};
use anyhow::Result;
use local_services::s3::{LocalS3, LocalS3Options};
use tempfile::TempDir;

/// A store with two empty buckets and one account. Dropping it stops it and removes its objects.
#[derive(Debug)]
pub struct TestStorage {
    /// `http://localhost:<port>`; the first part of a path is the bucket.
    pub endpoint: String,
    /// The store accepts any region.
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
    /// Objects are readable without a signature.
    pub public_bucket: String,
    /// Objects are readable with a signature only.
    pub private_bucket: String,
    // Fields are dropped in this order: the server stops before its folder is removed.
    server: LocalS3,
    folder: TempDir,
}

impl TestStorage {
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

    /// The listening address, for a proxy.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The folder of a bucket; objects are files named by their key.
    pub fn bucket_folder(&self, bucket: &str) -> PathBuf {
        self.folder.path().join(bucket)
    }

    /// Settings of the storage adapter.
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

    /// The storage adapter connected to this store.
    pub fn storage(&self) -> Result<S3Storage> {
        Ok(S3Storage::new(&self.settings())?)
    }
}
