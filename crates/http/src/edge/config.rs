//! Configuration and dependencies of the API.

use std::{sync::Arc, time::Duration};

use domain::{
    auth::Sessions,
    clock::{Clock, Ids},
};
use secrecy::SecretString;
use url::Url;

/// Timeout for the head of a request (`HttpServer::client_request_timeout`). For bodies see [`BODY_IDLE_TIMEOUT`].
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Keep-alive timeout of idle connections (`HttpServer::keep_alive`). Longer than that of the reverse proxy, so that the
/// proxy never reuses a connection that the server is closing.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Timeout for a client to close its connection (`HttpServer::client_disconnect_timeout`).
pub const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Timeout for the next chunk of a body.
pub const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Timeout for a whole JSON body.
pub const JSON_BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Timeout for a whole multipart body: 1 GB at about 5 Mbit/s.
pub const FORM_BODY_TIMEOUT: Duration = Duration::from_mins(30);

/// Configuration of the API. The server validates it.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Served over HTTPS: cookies are `Secure`, HSTS is sent.
    pub production: bool,
    /// Exact origins of front ends (`https://app.example.com`), without a trailing slash.
    pub allowed_origins: Vec<String>,
    /// Accepted hosts, with or without a port; `.example.com` includes subdomains, `*` is any host. Empty: any host.
    pub allowed_hosts: Vec<String>,
    /// Base URL of the web client.
    pub frontend_url: Url,
    /// Path of the web client after a login without `next`.
    pub login_redirect_path: String,
    /// Public base URL of this API.
    pub api_base_url: Url,
    /// Signs the session cookie. At least 32 characters, the same on all servers.
    pub secret_key: SecretString,
}

impl HttpConfig {
    /// Whether `origin` is an allowed front end or the API itself.
    pub fn trusts_origin(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == origin)
            || self.api_base_url.origin().ascii_serialization() == origin
    }
}

/// Dependencies of the middlewares and handlers other than the services.
#[derive(Clone)]
pub struct HttpDeps {
    pub config: Arc<HttpConfig>,
    pub sessions: Arc<dyn Sessions>,
    pub clock: Arc<dyn Clock>,
    /// Generates trace ids.
    pub ids: Arc<dyn Ids>,
}
