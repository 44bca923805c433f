//! The HTTP server: accepts connections until told to stop, then lets those in flight end.

use std::io;
use std::net::TcpListener;
use std::pin::pin;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::web::Gateway;

/// How long requests in flight may go on after the server was told to stop.
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
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = told_to_stop(&mut stopping) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, gateway.clone(), stopping.clone()));
                }
                Err(error) => {
                    tracing::debug!(%error, "accepting a connection to the local object storage");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    // Those that do not end in time are cut off when the set is dropped.
    let _ = tokio::time::timeout(GRACE, all_ended).await;
    Ok(())
}

/// Serves one connection; on stop it ends after the request in flight.
async fn converse(stream: TcpStream, gateway: Gateway, mut stopping: watch::Receiver<bool>) {
    let answer = service_fn(move |request| gateway.clone().answer(request));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), answer)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told_to_stop(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the local object storage broke");
    }
}

/// Returns when `stopping` is true, or when nobody is left to say so.
async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
