//! What the handlers and the owner of the provider share.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::codes::{Codes, Grant};
use super::fault::Fault;
use super::keys::ProviderKey;
use super::personas::subject_of;

/// The provider: who it is, who its one client is, and what happened so far.
pub(super) struct State {
    /// The issuer, e.g. `http://localhost:9100`; also the start of every endpoint.
    pub(super) issuer: String,
    pub(super) client_id: String,
    client_secret: SecretString,
    redirect_uris: Vec<String>,
    memory: Mutex<Memory>,
}

struct Memory {
    key: Arc<ProviderKey>,
    fault: Fault,
    codes: Codes,
    /// Subjects that were set by hand, by lower-case e-mail.
    subjects: HashMap<String, String>,
    last_authorization: Option<BTreeMap<String, String>>,
    last_id_token: Option<String>,
}

impl State {
    pub(super) fn new(
        issuer: String,
        client_id: String,
        client_secret: SecretString,
        redirect_uris: Vec<String>,
        key: ProviderKey,
    ) -> Self {
        Self {
            issuer,
            client_id,
            client_secret,
            redirect_uris,
            memory: Mutex::new(Memory {
                key: Arc::new(key),
                fault: Fault::None,
                codes: Codes::default(),
                subjects: HashMap::new(),
                last_authorization: None,
                last_id_token: None,
            }),
        }
    }

    /// Nothing in here is left half-done by a panic, so a poisoned lock is as good as any.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether codes may be sent to this address: one of those registered, to the letter.
    pub(super) fn is_registered(&self, redirect_uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == redirect_uri)
    }

    /// Compares digests, which takes equally long wherever two secrets differ.
    pub(super) fn is_client(&self, id: &str, secret: &str) -> bool {
        let same = Sha256::digest(secret) == Sha256::digest(self.client_secret.expose_secret());
        id == self.client_id && same
    }

    pub(super) fn client_secret(&self) -> &SecretString {
        &self.client_secret
    }

    pub(super) fn key(&self) -> Arc<ProviderKey> {
        Arc::clone(&self.memory().key)
    }

    pub(super) fn replace_key(&self, key: ProviderKey) {
        self.memory().key = Arc::new(key);
    }

    pub(super) fn fault(&self) -> Fault {
        self.memory().fault
    }

    pub(super) fn set_fault(&self, fault: Fault) {
        self.memory().fault = fault;
    }

    pub(super) fn issue_code(&self, grant: Grant) -> String {
        self.memory().codes.issue(grant, Instant::now())
    }

    pub(super) fn redeem_code(&self, code: &str) -> Option<Grant> {
        self.memory().codes.redeem(code, Instant::now())
    }

    pub(super) fn subject(&self, email: &str) -> String {
        let set = self.memory().subjects.get(&email.to_lowercase()).cloned();
        set.unwrap_or_else(|| subject_of(email))
    }

    pub(super) fn set_subject(&self, email: &str, subject: String) {
        self.memory().subjects.insert(email.to_lowercase(), subject);
    }

    pub(super) fn last_authorization(&self) -> Option<BTreeMap<String, String>> {
        self.memory().last_authorization.clone()
    }

    pub(super) fn record_authorization(&self, parameters: BTreeMap<String, String>) {
        self.memory().last_authorization = Some(parameters);
    }

    pub(super) fn last_id_token(&self) -> Option<String> {
        self.memory().last_id_token.clone()
    }

    pub(super) fn record_id_token(&self, token: String) {
        self.memory().last_id_token = Some(token);
    }
}
