//! The token statements: hold, capture, release, resend, heartbeat, apply earnings.
//!
//! Each is one statement in autocommit: atomic, and one round trip. Its parts are common table expressions that each
//! select from the previous one, so a failed guard writes nothing. Every guard is a conditional write of one row, which
//! READ COMMITTED evaluates again after waiting for another writer. The generation is always locked first. The allowed
//! states are those of [`GenerationStatus::allowing`]. Which failures count is the rule of
//! [`domain::workers::Attempt::failure_counts`].

mod apply_earnings;
mod capture;
mod heartbeat;
mod hold;
mod release;
mod resend;

use async_trait::async_trait;
use domain::{
    GenerationId, StorageError,
    generations::{
        Capture, GenerationEvent, GenerationStatus, Heartbeat, Hold, HoldOutcome, OwnerCancel, Release,
        Resend, Settlements,
    },
    workers::Transition,
};
use sea_orm::Value;

use crate::{
    pool::PgStore,
    transition::{Transitions, states},
};

#[async_trait]
impl Settlements for PgStore {
    async fn hold(&self, hold: Hold) -> Result<HoldOutcome, StorageError> {
        hold::hold(self, hold).await
    }

    async fn capture(&self, capture: Capture) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        capture::capture(self, capture).await
    }

    async fn release(&self, release: Release) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        release::release(self, release).await
    }

    async fn cancel(
        &self,
        cancel: OwnerCancel,
    ) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        release::cancel(self, cancel).await
    }

    async fn resend(&self, resend: Resend) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        resend::resend(self, resend).await
    }

    async fn heartbeat(
        &self,
        heartbeat: Heartbeat,
    ) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        heartbeat::heartbeat(self, heartbeat).await
    }

    async fn apply_earnings(&self, batch: i64) -> Result<u64, StorageError> {
        apply_earnings::apply_earnings(self, batch).await
    }
}

const GENERATIONS: Transitions<GenerationStatus> = Transitions {
    subject: "generation",
    current: "SELECT status AS status_before, false AS applied FROM generation_requests WHERE id = $1",
    delete_task: "DELETE FROM outbox_messages WHERE topic = 'image_generation' AND subject_id = $1",
    parse: GenerationStatus::parse,
};

async fn settle(
    store: &PgStore,
    generation: GenerationId,
    event: GenerationEvent,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
    let allows = |status: GenerationStatus| status.apply(event).is_ok();
    GENERATIONS.run(store, generation.0, allows, (sql, values)).await
}

fn allowing(event: GenerationEvent) -> Value {
    states(GenerationStatus::allowing(event))
}
