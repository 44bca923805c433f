//! State shared by the handlers and [`DemoProvider`](super::DemoProvider).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use super::codes::Codes;
use super::fault::InjectedFault;
use super::keys::ProviderKey;
use super::personas::subject_of;
use super::provider::DemoProviderOptions;
use crate::secrets::matches;
use crate::server::lock;

pub(super) struct State {
    /// E.g. `http://localhost:9100`; also the base URL of all endpoints.
    pub(super) issuer: String,
    pub(super) options: DemoProviderOptions,
    pub(super) memory: Mutex<Memory>,
}

pub(super) struct Memory {
    pub(super) key: Arc<ProviderKey>,
    pub(super) fault: InjectedFault,
    pub(super) codes: Codes,
    /// Subjects set by tests, by lower-case e-mail.
    pub(super) subjects: HashMap<String, String>,
    pub(super) last_authorization: Option<BTreeMap<String, String>>,
    pub(super) last_id_token: Option<String>,
}

impl State {
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        lock(&self.memory)
    }

    pub(super) fn is_client(&self, id: &str, secret: &str) -> bool {
        matches(secret, &self.options.client_secret) && id == self.options.client_id
    }

    pub(super) fn fault(&self) -> InjectedFault {
        self.memory().fault
    }

    pub(super) fn subject(&self, email: &str) -> String {
        let overridden = self.memory().subjects.get(&email.to_lowercase()).cloned();
        overridden.unwrap_or_else(|| subject_of(email))
    }
}
