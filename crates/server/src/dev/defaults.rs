//! Defaults of the settings for `dev`. Environment variables override them.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Port of the API if `BIND_ADDR` is not set.
const API_PORT: u16 = 8000;

pub struct Defaults {
    local: HashMap<String, String>,
}

impl Defaults {
    /// Defaults that include the local secrets.
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
        // localhost, not 127.0.0.1: cookies belong to a host name.
        defaults.set("API_BASE_URL", &format!("http://localhost:{port}"));
        defaults.set("LOG_FORMAT", "human");
        if env_var("CORS_ALLOWED_ORIGINS").is_none() {
            defaults.set(
                "CORS_ALLOWED_ORIGINS",
                "http://localhost:3000,http://localhost:5173",
            );
        }
        defaults
    }

    /// The environment variable, else the default.
    pub fn value(&self, name: &str) -> Option<String> {
        env_var(name).or_else(|| self.local.get(name).cloned())
    }

    /// A secret. [`Self::new`] has defined all of them.
    pub fn secret(&self, name: &str) -> String {
        self.value(name).unwrap_or_default()
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.local.insert(name.to_owned(), value.to_owned());
    }

    /// Removes defaults that do not apply to an external service.
    pub fn unset(&mut self, names: &[&str]) {
        for name in names {
            self.local.remove(*name);
        }
    }
}

/// An environment variable that is set and not blank.
pub fn env_var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
