//! Small web servers on the loopback address, each on a thread and an event loop of its own, so that it outlives the
//! runtime that started it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;

use actix_web::dev::{Server, ServerHandle};

/// Listens on the loopback address; port 0 takes a free one.
pub(crate) fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Starts what `server` makes, inside its event loop, and returns the handle to stop it with.
pub(crate) fn run(
    name: &'static str,
    server: impl FnOnce() -> io::Result<Server> + Send + 'static,
) -> io::Result<ServerHandle> {
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
    started.recv().unwrap_or_else(gone)
}
