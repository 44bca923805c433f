//! What the edge needs to know and to reach.

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

/// Longest pause between two pieces of a body.
pub const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Longest time for a whole JSON body.
pub const JSON_BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest time for a whole multipart body: 1 GB at about 5 Mbit/s.
pub const FORM_BODY_TIMEOUT: Duration = Duration::from_mins(30);

/// Settings of the edge; checked by the server when it reads them.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Served over https for real: cookies are `Secure`, HSTS is sent.
    pub production: bool,
    /// Origins of front ends, exact (`https://app.example.com`), without a trailing slash.
    pub allowed_origins: Vec<String>,
    /// Hosts the API answers to, with or without a port; `.example.com` also takes subdomains, `*` any. Empty: any.
    pub allowed_hosts: Vec<String>,
    /// Where browsers are sent back to.
    pub frontend_url: Url,
    /// Path of the front end after a login that named none.
    pub login_redirect_path: String,
    /// Where this API is reached from outside.
    pub api_base_url: Url,
    /// Signs the session cookie; at least 32 characters, shared by all servers.
    pub secret_key: SecretString,
}

impl HttpConfig {
    /// Whether a browser page of `origin` may change things here: an allowed front end or the API's own pages.
    pub fn trusts_origin(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == origin)
            || self.api_base_url.origin().ascii_serialization() == origin
    }
}

/// What the edge itself works with. Use cases reach handlers as further `web::Data`, registered by the caller.
#[derive(Clone)]
pub struct HttpDeps {
    /// Settings.
    pub config: Arc<HttpConfig>,
    /// Keeps sessions.
    pub sessions: Arc<dyn Sessions>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws trace ids.
    pub ids: Arc<dyn Ids>,
}
