//! Creation of a generation.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use domain::{
    GenerationId, ObjectAddress, StorageError, StyleId, Tokens, UserId,
    generations::{AspectRatio, HoldOutcome, HoldQuote, MockGenerationQueries, MockSettlements, PromptTags},
    styles::{
        GenerationPrice, LicenseKind, StyleDescription, StyleModel, StyleName, TagName, TrainingStatus,
    },
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
};
use stylelicense_application::generations::{CreateGenerationError, GenerationService, NewGeneration};

use crate::support::{USER, clock, ids, now, tasks};

struct NoUnits;

#[async_trait]
impl UnitOfWorkFactory for NoUnits {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        panic!("unexpected unit of work");
    }
}

fn style() -> StyleModel {
    StyleModel {
        id: StyleId(7),
        artist_id: UserId(2),
        name: StyleName::parse("Blue Harbour").unwrap(),
        description: StyleDescription::parse("Boats.").unwrap(),
        price: GenerationPrice::new(30).unwrap(),
        license: LicenseKind::Personal,
        valid_from: now(),
        valid_to: None,
        is_active: true,
        is_flagged: false,
        status: TrainingStatus::Completed,
        thumbnail: None,
        model: Some(ObjectAddress::new(
            "media-private",
            "models/style-7/adapter_model.safetensors",
        )),
        usage_count: 0,
        created_at: now(),
    }
}

fn new_generation() -> NewGeneration {
    NewGeneration {
        user: USER,
        style: StyleId(7),
        prompt: PromptTags::new(vec![TagName::parse("sea").unwrap()]).unwrap(),
        caption: None,
        aspect: AspectRatio::Square,
        seed: None,
    }
}

fn quote(style: StyleModel) -> HoldQuote {
    HoldQuote {
        style,
        artist_is_active: true,
        signature: None,
        next_id: GenerationId(31),
        queue_position: 4,
    }
}

fn service(
    found: Option<HoldQuote>,
    settlements: MockSettlements,
    wakes: &Arc<AtomicUsize>,
) -> GenerationService {
    let mut queries = MockGenerationQueries::new();
    queries
        .expect_reserve_id_and_quote()
        .returning(move |_| Ok(found.clone()));
    let wakes = wakes.clone();
    let wake = Arc::new(move || _ = wakes.fetch_add(1, Ordering::Relaxed));
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
async fn a_new_generation_holds_the_price_and_wakes_the_relay() {
    let mut settlements = MockSettlements::new();
    settlements
        .expect_hold()
        .withf(|hold| {
            let task: serde_json::Value = serde_json::from_slice(&hold.payload).unwrap();
            hold.request.price.get() == 30
                && hold.request.seed.get() == 5
                && task["data"]["result_key"] == hold.result_key.as_str()
        })
        .times(1)
        .returning(|_| {
            Ok(HoldOutcome::Held {
                available: Tokens::new(70).unwrap(),
            })
        });
    let wakes = Arc::default();
    let created = service(Some(quote(style())), settlements, &wakes)
        .create(new_generation())
        .await
        .unwrap();
    assert_eq!(
        (
            created.request.id,
            created.queue_position,
            created.request.price.get()
        ),
        (GenerationId(31), 4, 30)
    );
    assert_eq!(wakes.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_unusable_style_holds_no_tokens() {
    let untrained = StyleModel {
        status: TrainingStatus::Training,
        model: None,
        ..style()
    };
    let expired = StyleModel {
        valid_to: Some(now()),
        ..style()
    };
    let inactive = StyleModel {
        is_active: false,
        ..style()
    };
    let flagged = StyleModel {
        is_flagged: true,
        ..style()
    };
    let create = async |found| {
        service(found, MockSettlements::new(), &Arc::default())
            .create(new_generation())
            .await
            .unwrap_err()
    };
    assert!(matches!(
        create(Some(quote(untrained))).await,
        CreateGenerationError::StyleNotReady
    ));
    assert!(matches!(
        create(Some(quote(expired))).await,
        CreateGenerationError::StyleNotReady
    ));
    let of_inactive_artist = HoldQuote {
        artist_is_active: false,
        ..quote(style())
    };
    for hidden in [quote(inactive), quote(flagged), of_inactive_artist] {
        assert!(matches!(
            create(Some(hidden)).await,
            CreateGenerationError::StyleNotFound
        ));
    }
    assert!(matches!(create(None).await, CreateGenerationError::StyleNotFound));
}

#[tokio::test]
async fn insufficient_tokens_are_reported_with_required_and_available() {
    let mut settlements = MockSettlements::new();
    let available = Tokens::new(10).unwrap();
    settlements
        .expect_hold()
        .returning(move |_| Ok(HoldOutcome::InsufficientTokens { available }));
    let wakes: Arc<AtomicUsize> = Arc::default();
    let error = service(Some(quote(style())), settlements, &wakes)
        .create(new_generation())
        .await
        .unwrap_err();
    assert!(
        matches!(error, CreateGenerationError::InsufficientTokens { required, available }
        if required.get() == 30 && available.get() == 10)
    );
    assert_eq!(wakes.load(Ordering::Relaxed), 0);
}
