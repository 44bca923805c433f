//! The HTTP server of the object storage: accepts connections until it is stopped, then lets those in flight end.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::watch;

use super::web::Gateway;

/// How long requests in flight may go on after a stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait after a failed accept, e.g. when the process is out of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stopping` becomes true or its sender is gone.
pub(super) async fn serve(
    listener: TcpListener,
    gateway: Gateway,
    mut stopping: watch::Receiver<bool>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::debug!(%error, "accepting a connection to the local object storage");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let gateway = gateway.clone();
        let service = service_fn(move |request| gateway.clone().answer(request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the local object storage broke");
            }
        });
    }
    drop(listener);
    // The end of the runtime cuts off connections that do not end in time.
    let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
    Ok(())
}
