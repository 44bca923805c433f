//! Settings of the local platform: what the environment does not set.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The port of the API unless `BIND_ADDR` says otherwise.
const API_PORT: u16 = 8000;

/// Local values, behind those of the environment.
pub struct Defaults {
    local: HashMap<String, String>,
}

impl Defaults {
    /// Defaults with the local secrets in them.
    pub fn new(secrets: Map<String, Value>) -> Self {
        let local = secrets
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
        let mut defaults = Self {
            local: local.collect(),
        };
        defaults.set("BIND_ADDR", &format!("127.0.0.1:{API_PORT}"));
        let port = defaults
            .value("BIND_ADDR")
            .and_then(|address| address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()))
            .unwrap_or(API_PORT);
        // localhost, not 127.0.0.1: cookies are kept per host name.
        defaults.set("API_BASE_URL", &format!("http://localhost:{port}"));
        defaults.set("LOG_FORMAT", "human");
        if given("CORS_ALLOWED_ORIGINS").is_none() {
            defaults.set(
                "CORS_ALLOWED_ORIGINS",
                "http://localhost:3000,http://localhost:5173",
            );
        }
        defaults
    }

    /// The environment's value, else the local one.
    pub fn value(&self, name: &str) -> Option<String> {
        given(name).or_else(|| self.local.get(name).cloned())
    }

    /// A local value that must be there: a secret.
    pub fn secret(&self, name: &str) -> String {
        self.value(name).unwrap_or_default()
    }

    /// Sets a local value.
    pub fn set(&mut self, name: &str, value: &str) {
        self.local.insert(name.to_owned(), value.to_owned());
    }

    /// Takes local values back: a part of the environment's own goes without them.
    pub fn unset(&mut self, names: &[&str]) {
        for name in names {
            self.local.remove(*name);
        }
    }
}

/// Whether the environment sets `name`.
pub fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
