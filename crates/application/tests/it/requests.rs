//! Asking for an image.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use domain::{
    GenerationId, ObjectAddress, StorageError, StyleId, Tokens, UserId,
    generations::{
        AspectRatio, HoldOutcome, HoldQuote, MockGenerationQueries, MockSettlements, PromptTags, StyleForHold,
    },
    styles::{TagName, TrainingStatus},
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
};
use stylelicense_application::generations::{CreateGenerationError, GenerationService, NewGeneration};

use crate::support::{USER, clock, ids, tasks};

struct NoUnits;

#[async_trait]
impl UnitOfWorkFactory for NoUnits {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        panic!("a hold needs no unit of work");
    }
}

fn style() -> StyleForHold {
    StyleForHold {
        id: StyleId(7),
        artist: UserId(2),
        price: Tokens::new(30).unwrap(),
        status: TrainingStatus::Completed,
        is_offered: true,
        is_valid: true,
        model: Some(ObjectAddress::new(
            "media-private",
            "models/style-7/adapter_model.safetensors",
        )),
        signature: None,
    }
}

fn wanted() -> NewGeneration {
    NewGeneration {
        user: USER,
        style: StyleId(7),
        prompt: PromptTags::new(vec![TagName::parse("sea").unwrap()]).unwrap(),
        caption: None,
        aspect: AspectRatio::Square,
        seed: None,
    }
}

fn service(
    found: Option<StyleForHold>,
    settlements: MockSettlements,
    woken: &Arc<AtomicUsize>,
) -> GenerationService {
    let mut queries = MockGenerationQueries::new();
    queries.expect_reserve_id_and_quote().returning(move |_, _| {
        Ok(found.clone().map(|style| HoldQuote {
            style,
            next_id: GenerationId(31),
            queue_position: 4,
        }))
    });
    let woken = woken.clone();
    let wake = Arc::new(move || _ = woken.fetch_add(1, Ordering::Relaxed));
    let (queries, settlements) = (Arc::new(queries), Arc::new(settlements));
    GenerationService {
        queries,
        settlements,
        units: Arc::new(NoUnits),
        tasks: tasks(),
        clock: clock(),
        ids: ids(),
        wake,
    }
}

#[tokio::test]
async fn a_request_holds_the_price_and_wakes_the_relay() {
    let mut settlements = MockSettlements::new();
    settlements
        .expect_hold()
        .withf(|hold| {
            let task: serde_json::Value = serde_json::from_slice(&hold.payload).unwrap();
            hold.price.get() == 30
                && hold.seed.get() == 5
                && task["data"]["result_key"] == hold.result_key.as_str()
        })
        .times(1)
        .returning(|_| {
            Ok(HoldOutcome::Held {
                available: Tokens::new(70).unwrap(),
            })
        });
    let woken = Arc::default();
    let created = service(Some(style()), settlements, &woken)
        .create(wanted())
        .await
        .unwrap();
    assert_eq!(
        (created.id, created.queue_position, created.price.get()),
        (GenerationId(31), 4, 30)
    );
    assert_eq!(woken.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_style_that_cannot_be_used_holds_nothing() {
    let untrained = StyleForHold {
        status: TrainingStatus::Training,
        model: None,
        ..style()
    };
    let over = StyleForHold {
        is_valid: false,
        ..style()
    };
    let withdrawn = StyleForHold {
        is_offered: false,
        ..style()
    };
    let create = async |found| {
        service(found, MockSettlements::new(), &Arc::default())
            .create(wanted())
            .await
            .unwrap_err()
    };
    assert!(matches!(
        create(Some(untrained)).await,
        CreateGenerationError::StyleNotReady
    ));
    assert!(matches!(
        create(Some(over)).await,
        CreateGenerationError::StyleNotReady
    ));
    assert!(matches!(
        create(Some(withdrawn)).await,
        CreateGenerationError::StyleNotFound
    ));
    assert!(matches!(create(None).await, CreateGenerationError::StyleNotFound));
}

#[tokio::test]
async fn too_few_tokens_are_told_with_both_figures() {
    let mut settlements = MockSettlements::new();
    let available = Tokens::new(10).unwrap();
    settlements
        .expect_hold()
        .returning(move |_| Ok(HoldOutcome::InsufficientTokens { available }));
    let woken: Arc<AtomicUsize> = Arc::default();
    let refused = service(Some(style()), settlements, &woken)
        .create(wanted())
        .await
        .unwrap_err();
    assert!(
        matches!(refused, CreateGenerationError::InsufficientTokens { required, available }
        if required.get() == 30 && available.get() == 10)
    );
    assert_eq!(woken.load(Ordering::Relaxed), 0);
}
