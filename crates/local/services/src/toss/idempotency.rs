//! Idempotency keys. As in Toss's API, the scope of a key is the path; the body is not compared.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use serde_json::Value;

use super::refusal::Refusal;

const MAX_KEY_CHARS: usize = 300;

/// A key and the path it was sent to.
pub(super) type Scope = (String, String);

pub(super) type Outcome = (StatusCode, Value);

/// The keys so far; `None` while the first call is running.
#[derive(Debug, Default)]
pub(super) struct Keys {
    seen: HashMap<Scope, Option<Outcome>>,
}

impl Keys {
    /// `None` for the first call with this key, else the outcome of the first call.
    pub(super) fn begin(&mut self, scope: &Scope) -> Result<Option<Outcome>, Refusal> {
        if scope.0.chars().count() > MAX_KEY_CHARS {
            return Err(Refusal::of("INVALID_IDEMPOTENCY_KEY"));
        }
        match self.seen.get(scope) {
            Some(Some(outcome)) => Ok(Some(outcome.clone())),
            Some(None) => Err(Refusal::of("IDEMPOTENT_REQUEST_PROCESSING")),
            None => {
                self.seen.insert(scope.clone(), None);
                Ok(None)
            }
        }
    }

    pub(super) fn finish(&mut self, scope: Scope, outcome: Outcome) {
        self.seen.insert(scope, Some(outcome));
    }
}
