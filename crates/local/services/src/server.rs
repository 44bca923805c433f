//! Small web servers on the loopback address, each on a thread and an event loop of its own, so that it outlives the
//! runtime that started it.

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

/// How long requests in flight may go on after a stop, in seconds.
const GRACE_SECONDS: u64 = 2;

type Cause = Box<dyn Error + Send + Sync>;

/// Why a local service could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("listening on port {port}: {source}")]
    Bind { port: u16, source: io::Error },
    /// No thread, or the server did not start on it.
    #[error("starting the server's thread: {0}")]
    Thread(io::Error),
    #[error("`{0}` is not an absolute redirect address")]
    RedirectUri(String),
    #[error("the signing key: {0}")]
    SigningKey(Cause),
    /// A bucket name that S3 does not allow, or one name for both buckets.
    #[error("`{0}` cannot be the name of a bucket here (3 to 63 of a-z, 0-9, `-`, `.`; two different names)")]
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

/// Locks memory that no panic leaves half-done, so that a poisoned lock can be used.
pub(crate) fn lock<T>(memory: &Mutex<T>) -> MutexGuard<'_, T> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server; it ends when this value is dropped.
pub(crate) struct Running(ServerHandle);

impl Running {
    /// Stops accepting, lets requests in flight end and returns when the port is free.
    pub(crate) async fn stop(self) {
        self.0.stop(true).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The call gives the order; its future would only wait for the end.
        drop(self.0.stop(false));
    }
}

/// Listens on the loopback address and returns the port; port 0 takes a free one.
pub(crate) fn listen(port: u16) -> Result<(TcpListener, u16), StartError> {
    let bind = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let bound = listener.local_addr()?.port();
        Ok((listener, bound))
    };
    bind().map_err(|source| StartError::Bind { port, source })
}

/// Serves these routes on a thread named `name`, with one worker. `background` is called inside the event loop.
pub(crate) fn run(
    name: &'static str,
    listener: TcpListener,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    background: impl FnOnce() + Send + 'static,
) -> Result<Running, StartError> {
    let (report, started) = mpsc::channel();
    let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(&routes))
                .workers(1)
                .disable_signals()
                // Without idle connections a stop is immediate.
                .keep_alive(KeepAlive::Disabled)
                .shutdown_timeout(GRACE_SECONDS)
                .listen(listener);
            let server = match server {
                Ok(server) => server.run(),
                Err(error) => return drop(report.send(Err(error))),
            };
            background();
            let _ = report.send(Ok(server.handle()));
            if let Err(error) = server.await {
                tracing::error!(%error, name, "a local web server ended");
            }
        });
    });
    thread.map_err(StartError::Thread)?;
    let gone = |_| Err(io::Error::other("the thread ended before the server had started"));
    let handle = started.recv().unwrap_or_else(gone);
    handle.map(Running).map_err(StartError::Thread)
}
