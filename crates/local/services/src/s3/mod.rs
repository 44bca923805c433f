//! Object storage of a laptop: S3 over HTTP on the loopback address, objects kept as files.
//!
//! The platform reaches it through the same adapter, signatures and presigned addresses as the real service.
//! It is for development and tests: one account, two buckets, no versioning.

mod access;
mod keys;
mod serve;
mod web;

use std::fmt;
use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
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

/// Where the storage lives and who may use it.
#[derive(Clone, Debug)]
pub struct LocalS3Options {
    /// The folder of the objects; made when it is missing.
    pub root: PathBuf,
    /// The loopback address to listen on; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The bucket that anybody may read objects of, when they know the key.
    pub public_bucket: String,
    /// The bucket that needs a signature for everything.
    pub private_bucket: String,
    /// The access key id that requests are signed with.
    pub access_key: String,
    /// The secret that belongs to `access_key`.
    pub secret_key: SecretString,
    /// Origins of web pages that may call it, e.g. `http://localhost:3000`; compared to the letter.
    pub allowed_origins: Vec<String>,
}

/// Why the storage could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LocalS3Error {
    /// A bucket name that S3 does not allow, or one name for both buckets.
    #[error("`{0}` cannot be the name of a bucket here (3 to 63 of a-z, 0-9, `-`, `.`; two different names)")]
    BucketName(String),
    /// The folder of the objects cannot be made or read.
    #[error("the object storage folder {}: {source}", .path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The folder holds something that the file store cannot work with.
    #[error("the object storage folder {} cannot be used: {reason}", .path.display())]
    Store {
        /// Which folder.
        path: PathBuf,
        /// What the file store said.
        reason: String,
    },
    /// The address is taken or not ours.
    #[error("listening on {address} for object storage: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// The system's answer.
        source: io::Error,
    },
    /// No thread or no event loop for the server.
    #[error("starting the object storage's thread: {0}")]
    Thread(io::Error),
}

/// A running storage. It has a thread and an event loop of its own, so that it outlives the runtime that
/// started it; it ends when this value is dropped.
pub struct LocalS3 {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: oneshot::Receiver<()>,
}

impl LocalS3 {
    /// Makes both buckets, starts listening and returns at once.
    ///
    /// # Errors
    /// [`LocalS3Error`] says what is wrong with the names, the folder or the address.
    pub fn start(options: LocalS3Options) -> Result<Self, LocalS3Error> {
        make_buckets(&options)?;
        let service = service(&options)?;
        let listener = listen(options.bind)?;
        let address = listener.local_addr().map_err(|source| LocalS3Error::Bind {
            address: options.bind,
            source,
        })?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("local-s3")
            .enable_all()
            .build()
            .map_err(LocalS3Error::Thread)?;
        let gateway = Gateway::new(service, options.allowed_origins);
        let (stop, stopping) = watch::channel(false);
        let (report_end, ended) = oneshot::channel();
        thread::Builder::new()
            .name("local-s3".to_owned())
            .spawn(move || {
                if let Err(error) = runtime.block_on(serve(listener, gateway, stopping)) {
                    tracing::error!(%error, "the local object storage ended");
                }
                drop(runtime);
                // Nobody listens when the storage was dropped and not stopped.
                let _ = report_end.send(());
            })
            .map_err(LocalS3Error::Thread)?;
        Ok(Self { address, stop, ended })
    }

    /// The address to give to an S3 client, e.g. `http://localhost:9000`; buckets are the first part of the
    /// path.
    pub fn endpoint(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, lets requests in flight end (for at most five seconds) and returns when the port is
    /// free.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // An error means that the thread is gone already.
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
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn make_buckets(options: &LocalS3Options) -> Result<(), LocalS3Error> {
    let names = [&options.public_bucket, &options.private_bucket];
    if let Some(bad) = names.iter().find(|name| !check_bucket_name(name)) {
        return Err(LocalS3Error::BucketName((*bad).clone()));
    }
    if options.public_bucket == options.private_bucket {
        return Err(LocalS3Error::BucketName(options.public_bucket.clone()));
    }
    for name in names {
        let path = options.root.join(name);
        fs::create_dir_all(&path).map_err(|source| LocalS3Error::Folder { path, source })?;
    }
    Ok(())
}

fn service(options: &LocalS3Options) -> Result<S3Service, LocalS3Error> {
    let root = canonical(&options.root)?;
    let store = FileSystem::new(&root).map_err(|error| LocalS3Error::Store {
        path: root.clone(),
        reason: format!("{error:?}"),
    })?;
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

fn canonical(path: &Path) -> Result<PathBuf, LocalS3Error> {
    path.canonicalize().map_err(|source| LocalS3Error::Folder {
        path: path.to_path_buf(),
        source,
    })
}

fn listen(address: SocketAddr) -> Result<TcpListener, LocalS3Error> {
    TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|source| LocalS3Error::Bind { address, source })
}
