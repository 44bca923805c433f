//! What the handlers and the owner of the provider share.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::book::Book;
use super::clock::Clock;
use super::fault::{Call, Fault};
use super::idempotency::{Keys, Outcome, Scope};
use super::payment::{Deadlines, Payment};
use super::refusal::Refusal;
use super::store;
use super::webhooks::{self, Webhooks};

/// The provider.
pub(super) struct State {
    /// `http://localhost:8003`
    pub(super) base_url: String,
    pub(super) clock: Clock,
    pub(super) webhooks: Arc<Webhooks>,
    secret_key: SecretString,
    deadlines: Deadlines,
    file: Option<PathBuf>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    book: Book,
    keys: Keys,
    next_faults: HashMap<Call, VecDeque<Fault>>,
    lasting_faults: HashMap<Call, Fault>,
    calls: BTreeMap<Call, usize>,
}

impl State {
    pub(super) fn new(
        base_url: String,
        secret_key: SecretString,
        deadlines: Deadlines,
        file: Option<PathBuf>,
        book: Book,
        webhooks: Arc<Webhooks>,
    ) -> Self {
        Self {
            base_url,
            clock: Clock::default(),
            webhooks,
            secret_key,
            deadlines,
            file,
            memory: Mutex::new(Memory {
                book,
                ..Memory::default()
            }),
        }
    }

    /// Nothing in here is left half-done by a panic, so a poisoned lock is as good as any.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at or changes the payments, after ending those that have run out of time. The shop is told of what
    /// changed, and the file is written.
    pub(super) fn with_book<T>(&self, act: impl FnOnce(&mut Book, DateTime<Utc>) -> T) -> T {
        let now = self.clock.now();
        let mut memory = self.memory();
        memory.book.expire(&self.deadlines, now);
        let result = act(&mut memory.book, now);
        for payment in memory.book.take_changed() {
            self.webhooks.send(webhooks::event(&self.shown(&payment), now));
        }
        result
    }

    /// The same, for what changes payments: the file is written.
    pub(super) fn change<T>(&self, act: impl FnOnce(&mut Book, DateTime<Utc>) -> T) -> T {
        let result = self.with_book(act);
        if let Some(file) = &self.file
            && let Err(error) = store::save(&self.memory().book, file)
        {
            tracing::error!(%error, "the local payment provider cannot keep its payments");
        }
        result
    }

    /// Toss's `Payment`.
    pub(super) fn shown(&self, payment: &Payment) -> Value {
        payment.shown(&self.base_url)
    }

    /// Whether this header is `Basic base64(secret key + ":")`.
    ///
    /// # Errors
    /// As Toss refuses it.
    pub(super) fn authorize(&self, header: Option<&str>) -> Result<(), Refusal> {
        let decoded = header
            .and_then(|header| header.strip_prefix("Basic "))
            .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((user, "")) = decoded.as_deref().and_then(|decoded| decoded.split_once(':')) else {
            return Err(Refusal::of("INCORRECT_BASIC_AUTH_FORMAT"));
        };
        // Digests take equally long to compare wherever two secrets differ.
        if Sha256::digest(user) == Sha256::digest(self.secret_key.expose_secret()) {
            Ok(())
        } else {
            Err(Refusal::of("UNAUTHORIZED_KEY"))
        }
    }

    pub(super) fn begin(&self, scope: &Scope) -> Result<Option<Outcome>, Refusal> {
        self.memory().keys.begin(scope)
    }

    pub(super) fn end(&self, scope: Scope, outcome: Outcome) {
        self.memory().keys.end(scope, outcome);
    }

    pub(super) fn count(&self, call: Call) {
        *self.memory().calls.entry(call).or_default() += 1;
    }

    pub(super) fn calls(&self, call: Call) -> usize {
        self.memory().calls.get(&call).copied().unwrap_or_default()
    }

    pub(super) fn fail_next(&self, call: Call, fault: Fault) {
        self.memory()
            .next_faults
            .entry(call)
            .or_default()
            .push_back(fault);
    }

    pub(super) fn fail_always(&self, call: Call, fault: Option<Fault>) {
        let mut memory = self.memory();
        match fault {
            Some(fault) => memory.lasting_faults.insert(call, fault),
            None => memory.lasting_faults.remove(&call),
        };
    }

    /// Whether this call does not arrive at all, once if it was for the next one only.
    pub(super) fn is_not_reached(&self, call: Call) -> bool {
        let mut memory = self.memory();
        let next = memory.next_faults.entry(call).or_default();
        if next.front() == Some(&Fault::NotReached) {
            next.pop_front();
            return true;
        }
        next.is_empty() && memory.lasting_faults.get(&call) == Some(&Fault::NotReached)
    }

    /// The fault of this call, once if it was for the next one only.
    pub(super) fn fault(&self, call: Call) -> Option<Fault> {
        let mut memory = self.memory();
        let next = memory.next_faults.get_mut(&call).and_then(VecDeque::pop_front);
        next.or_else(|| memory.lasting_faults.get(&call).cloned())
    }
}
