//! Starts, controls and stops the provider.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use actix_web::{HttpResponse, web};
use secrecy::SecretString;
use url::Url;

use super::codes::Codes;
use super::fault::InjectedFault;
use super::keys::ProviderKey;
use super::state::{Memory, State};
use super::{authorize, discovery, token};
use crate::StartError;
use crate::server::{Running, listen, run};

#[derive(Clone, Debug)]
pub struct DemoProviderOptions {
    /// The loopback port; 0 selects a free one.
    pub port: u16,
    pub client_id: String,
    pub client_secret: SecretString,
    /// They must match exactly.
    pub redirect_uris: Vec<String>,
    /// A file that keeps the signing key between runs (PKCS#1 PEM, created when it is missing). `None` creates a new
    /// key.
    pub key_path: Option<PathBuf>,
}

/// A running provider with its own thread and event loop, so that it outlives the runtime that started it. Dropping it
/// stops the server.
pub struct DemoProvider {
    state: web::Data<State>,
    server: Running,
}

impl DemoProvider {
    /// Loads or creates the key and starts listening on the loopback address.
    pub fn start(options: DemoProviderOptions) -> Result<Self, StartError> {
        if let Some(invalid) = options.redirect_uris.iter().find(|uri| Url::parse(uri).is_err()) {
            return Err(StartError::RedirectUri(invalid.clone()));
        }
        let key = match &options.key_path {
            Some(path) => ProviderKey::load_or_generate(path)?,
            None => ProviderKey::generate()?,
        };
        let (listener, port) = listen(options.port)?;
        let state = web::Data::new(State {
            issuer: format!("http://localhost:{port}"),
            options,
            memory: Mutex::new(Memory {
                key: Arc::new(key),
                fault: InjectedFault::None,
                codes: Codes::default(),
                subjects: HashMap::new(),
                last_authorization: None,
                last_id_token: None,
            }),
        });
        let shared = state.clone();
        let routes = move |config: &mut web::ServiceConfig| routes(config, &shared);
        let server = run("local-oidc", listener, routes, || ())?;
        Ok(Self { state, server })
    }

    /// The issuer, e.g. `http://localhost:9100`. A client must use it unchanged, with `localhost`.
    pub fn issuer(&self) -> &str {
        &self.state.issuer
    }

    /// [`InjectedFault::None`] removes the fault.
    pub fn set_fault(&self, fault: InjectedFault) {
        self.state.memory().fault = fault;
    }

    /// Replaces the signing key; the old one is no longer published. The key file is not changed.
    pub fn rotate_keys(&self) -> Result<(), StartError> {
        let key = ProviderKey::generate()?;
        self.state.memory().key = Arc::new(key);
        Ok(())
    }

    /// Changes the subject id of an e-mail, as if the address belonged to another person now.
    pub fn set_subject(&self, email: &str, subject: impl Into<String>) {
        let subject = subject.into();
        self.state.memory().subjects.insert(email.to_lowercase(), subject);
    }

    pub fn subject(&self, email: &str) -> String {
        self.state.subject(email)
    }

    /// The parameters of the last authorization request, valid or not.
    pub fn last_authorization(&self) -> Option<BTreeMap<String, String>> {
        self.state.memory().last_authorization.clone()
    }

    /// The last ID token, so that a test can check that it does not leak.
    pub fn last_id_token(&self) -> Option<String> {
        self.state.memory().last_id_token.clone()
    }

    /// Graceful shutdown; returns when the port is free.
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
