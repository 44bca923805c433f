//! The server: HTTP in front, background work beside it, an orderly end.

use std::net::SocketAddr;

use actix_web::{HttpServer, dev::Service};
use anyhow::Context;
use http_api::config::{DISCONNECT_TIMEOUT, HEAD_TIMEOUT, KEEP_ALIVE};
use tokio::runtime::Handle;
use tokio_util::context::TokioContext;

use super::{Background, Parts, Services};
use crate::settings::Settings;

/// Seconds that requests under way get when the server stops.
const SHUTDOWN_SECONDS: u64 = 30;

/// Serves until SIGTERM (or SIGINT, which cuts requests under way): then stops accepting, finishes what is under way,
/// stops the background work and closes the database. `ready` is called with the address once it accepts connections.
pub async fn serve(settings: &Settings, parts: Parts, ready: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    let services = Services::new(settings, &parts)?;
    let for_handlers = services.clone();
    // A connection belongs to the runtime it was opened in, and each of actix's threads has one of its own, which ends
    // before the last request does. What requests open is shared, so it is opened in ours, which outlives them all.
    let runtime = Handle::current();
    let server = HttpServer::new(move || {
        let services = for_handlers.clone();
        let deps = services.http.clone();
        let runtime = runtime.clone();
        http_api::app(&deps, move |config| services.register(config))
            .wrap_fn(move |request, app| TokioContext::new(app.call(request), runtime.clone()))
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .bind(settings.bind_addr)
    .with_context(|| format!("cannot listen on {} (BIND_ADDR)", settings.bind_addr))?;
    let address = server.addrs().first().copied().unwrap_or(settings.bind_addr);
    let background = Background::start(settings, &parts, &services);
    let running = server.run();
    ready(address);
    let ended = running.await;
    tracing::info!("no longer accepting requests; finishing background work");
    background.stop().await;
    if let Err(error) = parts.store.close().await {
        tracing::warn!(%error, "the database connections did not close cleanly");
    }
    ended.context("the server stopped with an error")
}
