//! Small web servers on the loopback address, each on a thread and an event loop of its own, so that it outlives the
//! runtime that started it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::KeepAlive;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};

/// How long requests in flight may go on after a stop, in seconds.
const GRACE_SECONDS: u64 = 2;

/// A server that runs; it ends when this value is dropped.
pub(crate) struct Running(ServerHandle);

impl Running {
    /// Stops accepting, lets requests in flight end and returns when the port is free.
    pub(crate) async fn stop(self) {
        self.0.stop(true).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The order is given by the call; the future would only wait for the end.
        drop(self.0.stop(false));
    }
}

/// Listens on the loopback address; port 0 takes a free one.
pub(crate) fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// A server of these routes, with one worker. To be made inside its event loop.
pub(crate) fn server(
    listener: TcpListener,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let server = HttpServer::new(move || App::new().configure(&routes))
        .workers(1)
        .disable_signals()
        // Without idle connections a stop is immediate.
        .keep_alive(KeepAlive::Disabled)
        .shutdown_timeout(GRACE_SECONDS)
        .listen(listener)?;
    Ok(server.run())
}

/// Starts what `server` makes, inside its event loop.
pub(crate) fn run(
    name: &'static str,
    server: impl FnOnce() -> io::Result<Server> + Send + 'static,
) -> io::Result<Running> {
    let (report, started) = mpsc::channel();
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = match server() {
                Ok(server) => server,
                Err(error) => return drop(report.send(Err(error))),
            };
            // Whoever started this waits for the handle.
            let _ = report.send(Ok(server.handle()));
            if let Err(error) = server.await {
                tracing::error!(%error, name, "a local web server ended");
            }
        });
    })?;
    let gone = |_| Err(io::Error::other("the thread ended before the server had started"));
    started.recv().unwrap_or_else(gone).map(Running)
}
