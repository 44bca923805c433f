//! Shared fixtures.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    GenerationId, ObjectAddress, StorageError, StyleId, TaskId, Tokens, UserId,
    clock::{MockClock, MockIds},
    generations::{AspectRatio, GenerationBrief, GenerationRequest, GenerationStatus, PromptTags, Seed},
    object::{Buckets, UriScheme},
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    workers::Attempt,
};
use stylelicense_application::workers::TaskWriter;
use uuid::Uuid;

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

pub fn clock() -> Arc<MockClock> {
    let mut clock = MockClock::new();
    clock.expect_now().returning(now);
    Arc::new(clock)
}

pub fn ids() -> Arc<MockIds> {
    let mut ids = MockIds::new();
    ids.expect_uuid().returning(|| Uuid::from_u128(99));
    ids.expect_seed().returning(|| Seed::new(5).unwrap());
    Arc::new(ids)
}

pub fn buckets() -> Buckets {
    Buckets {
        public: "media".into(),
        private: "media-private".into(),
        public_base_url: "http://localhost/media".into(),
        endpoint: None,
        scheme: UriScheme::S3,
    }
}

pub fn tasks() -> TaskWriter {
    TaskWriter::new(buckets(), "http://localhost:8000")
}

pub fn attempt(number: u16, taken: bool, waiting: bool) -> Attempt {
    Attempt {
        number,
        task_id: TaskId(Uuid::from_u128(1)),
        taken,
        waiting,
    }
}

pub fn brief(status: GenerationStatus, attempt: Attempt) -> GenerationBrief {
    GenerationBrief {
        request: GenerationRequest {
            id: GenerationId(31),
            user_id: USER,
            style_id: StyleId(7),
            artist_id: UserId(2),
            status,
            price: Tokens::new(30).unwrap(),
            prompt: PromptTags::from_stored(vec!["sea".into()]),
            caption: None,
            aspect: AspectRatio::Square,
            seed: Seed::new(42).unwrap(),
            created_at: now(),
        },
        attempt,
        result_key: "generations/k.png".into(),
        model: Some(ObjectAddress::new(
            "media-private",
            "models/style-7/adapter_model.safetensors",
        )),
        signature: None,
    }
}

pub const USER: UserId = UserId(1);

/// Every `begin` fails with the next error.
pub struct FailingUnits(Mutex<VecDeque<StorageError>>);

impl FailingUnits {
    pub fn new(errors: Vec<StorageError>) -> Self {
        Self(Mutex::new(errors.into()))
    }

    /// Number of errors left.
    pub fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[async_trait]
impl UnitOfWorkFactory for FailingUnits {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        Err(self.0.lock().unwrap().pop_front().unwrap())
    }
}
