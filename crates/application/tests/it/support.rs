//! Values that tests share.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    GenerationId, ObjectAddress, StyleId, TaskId, UserId,
    clock::{MockClock, MockIds},
    generations::{AspectRatio, GenerationBrief, GenerationStatus, Seed},
    object::{Buckets, UriScheme},
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
        id: GenerationId(31),
        style: StyleId(7),
        status,
        attempt,
        prompt_tags: vec!["sea".into()],
        aspect: AspectRatio::Square,
        seed: Seed::new(42).unwrap(),
        result_key: "generations/k.png".into(),
        model: Some(ObjectAddress::new(
            "media-private",
            "models/style-7/adapter_model.safetensors",
        )),
        signature: None,
    }
}

pub const USER: UserId = UserId(1);
