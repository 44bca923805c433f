//! The server: HTTP in front, background work beside it, an orderly end.

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

use super::{Adapters, Background, Services, connections::Shares};
use crate::settings::Settings;

/// Seconds that requests under way get when the server stops.
const SHUTDOWN_SECONDS: u64 = 30;

/// Serves until SIGTERM (or SIGINT, which cuts requests under way): then stops accepting, finishes what is under way,
/// stops the background work and closes the connections. `ready` is called with the address once it accepts
/// connections.
pub async fn serve(
    settings: &Settings,
    publisher: Arc<dyn TaskPublisher>,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let shares = Shares::of(settings.database_max_connections);
    let wake = Arc::new(Notify::new());
    let adapters = |max_connections| Adapters::new(settings, publisher.clone(), max_connections);
    // Each worker thread of actix has its own runtime. Connections opened by its requests are used by no other thread: a
    // statement wakes no second thread, and a thread that ends first takes no connection away from the others.
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
    .shutdown_timeout(SHUTDOWN_SECONDS)
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
    tracing::info!("no longer accepting requests; finishing background work");
    background.stop().await;
    ended.context("the server stopped with an error")
}
