//! Settings and dependencies of the API.

use std::{sync::Arc, time::Duration};

use domain::{
    auth::Sessions,
    clock::{Clock, Ids},
};
use secrecy::SecretString;
use url::Url;

/// How long a client may take to send a request's head, in the server's builder
/// (`HttpServer::client_request_timeout`). Bodies have [`BODY_IDLE_TIMEOUT`] of their own.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept (`HttpServer::keep_alive`); longer than the proxy in front keeps its own.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long a client may take to close (`HttpServer::client_disconnect_timeout`).
pub const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest pause between two chunks of a body.
pub const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Longest time for a whole JSON body.
pub const JSON_BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest time for a whole multipart body: 1 GB at about 5 Mbit/s.
pub const FORM_BODY_TIMEOUT: Duration = Duration::from_mins(30);

/// Settings of the API; the server validates them.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Served over https: cookies are `Secure`, HSTS is sent.
    pub production: bool,
    /// Exact origins of front ends (`https://app.example.com`), without a trailing slash.
    pub allowed_origins: Vec<String>,
    /// Hosts the API answers to, with or without a port; `.example.com` also takes subdomains, `*` any. Empty: any.
    pub allowed_hosts: Vec<String>,
    /// Base URL of the web client.
    pub frontend_url: Url,
    /// Path of the web client after a login that named none.
    pub login_redirect_path: String,
    /// Public base URL of this API.
    pub api_base_url: Url,
    /// Signs the session cookie; at least 32 characters, shared by all servers.
    pub secret_key: SecretString,
}

impl HttpConfig {
    /// Whether a page of `origin` may make changes: an allowed front end or the API's own pages.
    pub fn trusts_origin(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == origin)
            || self.api_base_url.origin().ascii_serialization() == origin
    }
}

/// What the layers and handlers need besides use cases.
#[derive(Clone)]
pub struct HttpDeps {
    pub config: Arc<HttpConfig>,
    pub sessions: Arc<dyn Sessions>,
    pub clock: Arc<dyn Clock>,
    /// For trace ids.
    pub ids: Arc<dyn Ids>,
}
