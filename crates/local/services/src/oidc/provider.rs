//! Starting, steering and stopping the provider.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;

use actix_web::{HttpResponse, web};
use secrecy::SecretString;
use url::Url;

use super::fault::Fault;
use super::keys::{KeyError, ProviderKey};
use super::state::State;
use super::{authorize, discovery, token};
use crate::server::{Running, listen, run, server};

/// Where the provider listens and whom it serves.
#[derive(Clone, Debug)]
pub struct DemoProviderOptions {
    /// The loopback port; 0 takes a free one.
    pub port: u16,
    /// The id of the one registered client.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// Where codes may be sent; compared to the letter.
    pub redirect_uris: Vec<String>,
    /// A file to keep the signing key in between runs (PKCS#1 PEM, made when missing); `None`: a new key.
    pub key_path: Option<PathBuf>,
}

/// Why the provider could not be started or given a new key.
#[derive(Debug, thiserror::Error)]
pub enum DemoProviderError {
    /// A redirect address is not an absolute address.
    #[error("`{0}` is not an absolute redirect address")]
    RedirectUri(String),
    /// The signing key cannot be made, read or kept.
    #[error("the signing key of the demo login provider: {0}")]
    Key(String),
    /// The port is taken.
    #[error("listening on port {port} for the demo login provider: {source}")]
    Bind {
        /// The port asked for.
        port: u16,
        /// The system's answer.
        source: io::Error,
    },
    /// No thread, or the web server did not start on it.
    #[error("starting the demo login provider's thread: {0}")]
    Thread(io::Error),
}

impl From<KeyError> for DemoProviderError {
    fn from(error: KeyError) -> Self {
        Self::Key(error.to_string())
    }
}

/// A running provider. It has a thread and an event loop of its own, so that it outlives the runtime that
/// started it; it ends when this value is dropped.
pub struct DemoProvider {
    state: web::Data<State>,
    server: Running,
}

impl DemoProvider {
    /// Makes or loads the key, starts listening on the loopback address and returns at once.
    ///
    /// # Errors
    /// [`DemoProviderError`] says what is wrong with the options, the key or the port.
    pub fn start(options: DemoProviderOptions) -> Result<Self, DemoProviderError> {
        if let Some(bad) = options.redirect_uris.iter().find(|uri| Url::parse(uri).is_err()) {
            return Err(DemoProviderError::RedirectUri(bad.clone()));
        }
        let key = match &options.key_path {
            Some(path) => ProviderKey::load_or_generate(path)?,
            None => ProviderKey::generate()?,
        };
        let port = options.port;
        let bind_error = |source| DemoProviderError::Bind { port, source };
        let (listener, bound) = listen(port).map_err(bind_error)?;
        let state = web::Data::new(State::new(
            format!("http://localhost:{}", bound.port()),
            options.client_id,
            options.client_secret,
            options.redirect_uris,
            key,
        ));
        let shared = state.clone();
        let routes = move |config: &mut web::ServiceConfig| routes(config, &shared);
        let server =
            run("local-oidc", move || server(listener, routes)).map_err(DemoProviderError::Thread)?;
        Ok(Self { state, server })
    }

    /// The issuer to configure the client with, e.g. `http://localhost:9100` (`localhost` is part of it).
    pub fn issuer(&self) -> &str {
        &self.state.issuer
    }

    /// Makes it misbehave from now on; [`Fault::None`] makes it right again.
    pub fn set_fault(&self, fault: Fault) {
        self.state.set_fault(fault);
    }

    /// Replaces the signing key by a new one; the old one is no longer published. A key file stays as it is.
    ///
    /// # Errors
    /// [`DemoProviderError::Key`] when no key can be made.
    pub fn rotate_keys(&self) -> Result<(), DemoProviderError> {
        self.state.replace_key(ProviderKey::generate()?);
        Ok(())
    }

    /// Gives this e-mail another subject id from now on, as if it had passed to another person.
    pub fn set_subject(&self, email: &str, subject: impl Into<String>) {
        self.state.set_subject(email, subject.into());
    }

    /// The subject id that this e-mail gets.
    pub fn subject(&self, email: &str) -> String {
        self.state.subject(email)
    }

    /// The parameters of the last authorization request, valid or not.
    pub fn last_authorization(&self) -> Option<BTreeMap<String, String>> {
        self.state.last_authorization()
    }

    /// The last ID token handed out, so that a test can look for it where it must not be.
    pub fn last_id_token(&self) -> Option<String> {
        self.state.last_id_token()
    }

    /// Stops accepting, lets requests in flight end and returns when the port is free.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl fmt::Debug for DemoProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoProvider")
            .field("issuer", &self.state.issuer)
            .finish_non_exhaustive()
    }
}

fn routes(config: &mut web::ServiceConfig, state: &web::Data<State>) {
    config
        .app_data(state.clone())
        .route(
            "/.well-known/openid-configuration",
            web::get().to(discovery::metadata),
        )
        .route("/jwks.json", web::get().to(discovery::key_set))
        .route("/authorize", web::get().to(authorize::authorize))
        .route("/sign-in", web::post().to(authorize::sign_in))
        .route("/token", web::post().to(token::exchange))
        .default_service(web::to(HttpResponse::NotFound));
}
