//! Runs the HTTP server and the background jobs, and shuts both down gracefully.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::HttpServer;
use anyhow::Context;
use domain::workers::TaskPublisher;
use http_api::config::{DISCONNECT_TIMEOUT, HEAD_TIMEOUT, KEEP_ALIVE};
use tokio::sync::Notify;

use super::{Adapters, Background, Services, connections::ConnectionBudget};
use crate::settings::Settings;

/// Time for requests in flight to finish at shutdown.
const SHUTDOWN_TIMEOUT_SECONDS: u64 = 30;

/// Serves until SIGTERM: then stops accepting connections, finishes requests in flight and stops the background jobs.
/// SIGINT does not wait for requests in flight. `ready` is called with the address once connections are accepted.
pub async fn serve(
    settings: &Settings,
    publisher: Arc<dyn TaskPublisher>,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let shares = ConnectionBudget::of(settings.database_max_connections);
    let wake = Arc::new(Notify::new());
    let adapters = |max_connections| Adapters::new(settings, publisher.clone(), max_connections);
    // Each worker thread of actix has its own runtime and adapters. A statement therefore wakes no other thread, and a
    // thread that stops first does not close connections of the others.
    let services = shares
        .threads
        .iter()
        .map(|share| Services::new(settings, adapters(*share)?, wake.clone()).map(Arc::new))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let threads = services.len();
    let next = Arc::new(AtomicUsize::new(0));
    let server = HttpServer::new(move || {
        let services = services[next.fetch_add(1, Ordering::Relaxed) % threads].clone();
        let deps = services.http.clone();
        http_api::app(&deps, move |config| services.register(config))
    })
    .workers(threads)
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(SHUTDOWN_TIMEOUT_SECONDS)
    .bind(settings.bind_addr)
    .with_context(|| format!("cannot listen on {} (BIND_ADDR)", settings.bind_addr))?;
    let address = server.addrs().first().copied().unwrap_or(settings.bind_addr);
    let adapters = adapters(shares.background)?;
    let background = Background::start(
        settings,
        &adapters,
        &Services::new(settings, adapters.clone(), wake)?,
    );
    let running = server.run();
    ready(address);
    let ended = running.await;
    tracing::info!("no longer accepting requests, finishing background work");
    background.stop().await;
    ended.context("the server stopped with an error")
}
