//! Web servers on the loopback address. Each has its own thread and event loop, so that it outlives the runtime that
//! started it.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};

/// Timeout for requests in flight during a shutdown.
const SHUTDOWN_TIMEOUT_SECONDS: u64 = 2;

type Cause = Box<dyn Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("listening on port {port}: {source}")]
    Bind { port: u16, source: io::Error },
    /// The thread or the server on it could not be started.
    #[error("starting the server's thread: {0}")]
    Thread(io::Error),
    #[error("`{0}` is not an absolute redirect URI")]
    RedirectUri(String),
    #[error("the signing key: {0}")]
    SigningKey(Cause),
    /// A bucket name that S3 does not allow, or one name for both buckets.
    #[error(
        "`{0}` is not a valid bucket name (3 to 63 of a-z, 0-9, `-`, `.`), or both buckets have this name"
    )]
    BucketName(String),
    #[error("{} cannot be used: {reason}", .path.display())]
    Path { path: PathBuf, reason: Cause },
}

impl StartError {
    pub(crate) fn signing_key(error: impl Into<Cause>) -> Self {
        Self::SigningKey(error.into())
    }

    pub(crate) fn path(path: &Path, reason: impl Into<Cause>) -> Self {
        Self::Path {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }
}

/// Ignores poisoning: no panic leaves the data inconsistent.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server. Dropping it stops the server.
pub(crate) struct Running(ServerHandle);

impl Running {
    /// Graceful shutdown; returns when the port is free.
    pub(crate) async fn stop(self) {
        self.0.stop(true).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The call alone triggers the shutdown; the future would only wait for the end.
        drop(self.0.stop(false));
    }
}

/// Listens on the loopback address and returns the port; port 0 selects a free one.
pub(crate) fn listen(port: u16) -> Result<(TcpListener, u16), StartError> {
    let bind = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let bound = listener.local_addr()?.port();
        Ok((listener, bound))
    };
    bind().map_err(|source| StartError::Bind { port, source })
}

/// Serves `routes` on a thread named `name`. `background` is called inside the event loop and may spawn tasks.
pub(crate) fn run(
    name: &'static str,
    listener: TcpListener,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    background: impl FnOnce() + Send + 'static,
) -> Result<Running, StartError> {
    let (result_sender, result) = mpsc::channel();
    let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(&routes))
                .workers(1)
                .disable_signals()
                // Without idle connections, a shutdown is immediate.
                .keep_alive(KeepAlive::Disabled)
                .shutdown_timeout(SHUTDOWN_TIMEOUT_SECONDS)
                .listen(listener);
            let server = match server {
                Ok(server) => server.run(),
                Err(error) => return drop(result_sender.send(Err(error))),
            };
            background();
            let _ = result_sender.send(Ok(server.handle()));
            if let Err(error) = server.await {
                tracing::error!(%error, name, "a local web server failed");
            }
        });
    });
    thread.map_err(StartError::Thread)?;
    let thread_ended = |_| Err(io::Error::other("the thread ended before the server had started"));
    let handle = result.recv().unwrap_or_else(thread_ended);
    handle.map(Running).map_err(StartError::Thread)
}
