//! State shared by the handlers and [`LocalToss`](super::LocalToss).

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::clock::Clock;
use super::fault::{Call, InjectedFault};
use super::idempotency::Keys;
use super::payment::Payment;
use super::refusal::Refusal;
use super::server::LocalTossOptions;
use super::store::PaymentStore;
use super::webhooks::{self, Webhooks};
use crate::secrets::{basic_credentials, matches, write_private};
use crate::server::lock;

pub(super) struct State {
    /// E.g. `http://localhost:8003`.
    pub(super) base_url: String,
    pub(super) clock: Clock,
    pub(super) webhooks: Arc<Webhooks>,
    pub(super) options: LocalTossOptions,
    pub(super) memory: Mutex<Memory>,
}

#[derive(Default)]
pub(super) struct Memory {
    pub(super) store: PaymentStore,
    pub(super) keys: Keys,
    pub(super) next_faults: HashMap<Call, VecDeque<InjectedFault>>,
    pub(super) lasting_faults: HashMap<Call, InjectedFault>,
    pub(super) calls: BTreeMap<Call, usize>,
}

/// Loads the payments from a file; returns none when the file does not exist.
pub(super) fn load(file: &Path) -> io::Result<PaymentStore> {
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(PaymentStore::default()),
        Err(error) => Err(error),
    }
}

impl State {
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        lock(&self.memory)
    }

    /// Expires overdue payments, then runs `action`. Sends an event for each payment whose status changed.
    pub(super) fn with_store<T>(&self, action: impl FnOnce(&mut PaymentStore, DateTime<Utc>) -> T) -> T {
        let now = self.clock.now();
        let mut memory = self.memory();
        memory.store.expire(&self.options, now);
        let result = action(&mut memory.store, now);
        for payment in memory.store.take_changed() {
            self.webhooks
                .send(webhooks::event(&self.payment_json(&payment), now));
        }
        result
    }

    /// Like [`Self::with_store`], and writes the file. For actions that change payments.
    pub(super) fn change<T>(&self, action: impl FnOnce(&mut PaymentStore, DateTime<Utc>) -> T) -> T {
        let result = self.with_store(action);
        if let Some(file) = &self.options.file
            && let Err(error) = self.save(file)
        {
            tracing::error!(%error, "the local payment provider cannot save its payments");
        }
        result
    }

    fn save(&self, file: &Path) -> io::Result<()> {
        write_private(file, &serde_json::to_vec_pretty(&self.memory().store)?)
    }

    /// Toss's `Payment`.
    pub(super) fn payment_json(&self, payment: &Payment) -> Value {
        payment.to_json(&self.base_url)
    }

    /// The header must be `Basic base64(secret key + ":")`.
    pub(super) fn authorize(&self, header: Option<&str>) -> Result<(), Refusal> {
        match header.and_then(basic_credentials) {
            Some((key, password)) if password.is_empty() => matches(&key, &self.options.secret_key)
                .then_some(())
                .ok_or_else(|| Refusal::of("UNAUTHORIZED_KEY")),
            _ => Err(Refusal::of("INCORRECT_BASIC_AUTH_FORMAT")),
        }
    }

    /// Counts the call. Returns whether the fault `NotReached` applies; a fault for the next call is used up.
    pub(super) fn count_and_check_not_reached(&self, call: Call) -> bool {
        let mut memory = self.memory();
        *memory.calls.entry(call).or_default() += 1;
        let next = memory.next_faults.entry(call).or_default();
        if next.front() == Some(&InjectedFault::NotReached) {
            next.pop_front();
            return true;
        }
        next.is_empty() && memory.lasting_faults.get(&call) == Some(&InjectedFault::NotReached)
    }

    /// The fault for this call; a fault for the next call is used up.
    pub(super) fn take_fault(&self, call: Call) -> Option<InjectedFault> {
        let mut memory = self.memory();
        let next = memory.next_faults.get_mut(&call).and_then(VecDeque::pop_front);
        next.or_else(|| memory.lasting_faults.get(&call).cloned())
    }
}
