//! S3 over HTTP on the loopback address, with objects stored as files. For development and tests: one account, two
//! buckets, no versioning.

mod access;
mod serve;
mod web;

use std::fmt;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::thread;

use s3s::auth::SimpleAuth;
use s3s::path::check_bucket_name;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{oneshot, watch};

use self::access::BucketAccess;
use self::serve::serve;
use self::web::Gateway;
use crate::StartError;
use crate::server::listen;

#[derive(Clone, Debug)]
pub struct LocalS3Options {
    /// The folder for the objects; created when it is missing.
    pub root: PathBuf,
    /// The loopback port; 0 selects a free one.
    pub port: u16,
    /// Objects are readable without a signature, but cannot be listed.
    pub public_bucket: String,
    /// All requests need a signature.
    pub private_bucket: String,
    pub access_key: String,
    pub secret_key: SecretString,
    /// Allowed CORS origins, e.g. `http://localhost:3000`; they must match exactly.
    pub allowed_origins: Vec<String>,
}

/// A running server with its own thread and event loop, so that it outlives the runtime that started it. Dropping it
/// stops the server.
pub struct LocalS3 {
    port: u16,
    stop: watch::Sender<bool>,
    ended: oneshot::Receiver<()>,
}

impl LocalS3 {
    /// Creates both buckets and starts listening.
    pub fn start(options: LocalS3Options) -> Result<Self, StartError> {
        create_buckets(&options)?;
        let service = service(&options)?;
        let (listener, port) = listen(options.port)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("local-s3")
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let gateway = Gateway::new(service, options.allowed_origins);
        let (stop, stopping) = watch::channel(false);
        let (ended_sender, ended) = oneshot::channel();
        thread::Builder::new()
            .name("local-s3".to_owned())
            .spawn(move || {
                if let Err(error) = runtime.block_on(serve(listener, gateway, stopping)) {
                    tracing::error!(%error, "the local object storage failed");
                }
                drop(runtime);
                // The receiver is gone when the server was dropped without `stop`.
                let _ = ended_sender.send(());
            })
            .map_err(StartError::Thread)?;
        Ok(Self { port, stop, ended })
    }

    /// The URL for an S3 client with path-style buckets, e.g. `http://localhost:9000`.
    pub fn endpoint(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Graceful shutdown with a timeout of five seconds; returns when the port is free.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // An error means that the thread has ended already.
        let _ = (&mut self.ended).await;
    }
}

impl Drop for LocalS3 {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl fmt::Debug for LocalS3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalS3")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

fn create_buckets(options: &LocalS3Options) -> Result<(), StartError> {
    let names = [&options.public_bucket, &options.private_bucket];
    if let Some(invalid) = names.iter().find(|name| !check_bucket_name(name)) {
        return Err(StartError::BucketName((*invalid).clone()));
    }
    if options.public_bucket == options.private_bucket {
        return Err(StartError::BucketName(options.public_bucket.clone()));
    }
    for name in names {
        let path = options.root.join(name);
        fs::create_dir_all(&path).map_err(|error| StartError::path(&path, error))?;
    }
    Ok(())
}

fn service(options: &LocalS3Options) -> Result<S3Service, StartError> {
    let root = options
        .root
        .canonicalize()
        .map_err(|error| StartError::path(&options.root, error))?;
    let store = FileSystem::new(&root).map_err(|error| StartError::path(&root, format!("{error:?}")))?;
    let mut builder = S3ServiceBuilder::new(store);
    builder.set_auth(SimpleAuth::from_single(
        options.access_key.as_str(),
        options.secret_key.expose_secret(),
    ));
    builder.set_access(BucketAccess {
        root,
        public_bucket: options.public_bucket.clone(),
        private_bucket: options.private_bucket.clone(),
    });
    Ok(builder.build())
}
