//! A generation. Its fields depend on its state, so each state is a type of its own.

use application::{generations::CreatedGeneration, media_urls::MediaUrls};
use domain::{
    UserId,
    generations::{GenerationStatus as Status, GenerationView, ImageView},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Discriminator, Object, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, schema::Type},
};

use crate::{
    edge::{enums::AspectRatio, envelope::Timestamp, error::ApiError, responses::ArtistRef},
    generations::responses::GenerationProgress,
};

/// The style of an image, and its artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationStyle {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour")]
    pub name: String,
    pub artist: ArtistRef,
}

/// Whether the tokens of a generation are held, captured or released.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettlementState {
    Held,
    Captured,
    Released,
}

/// Where the tokens of a generation are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settlement {
    pub state: SettlementState,
    /// Tokens.
    #[schema(example = 30, minimum = 1)]
    pub amount: i64,
    /// Time of the last change of `state`.
    pub at: Timestamp,
}

impl Settlement {
    fn of(view: &GenerationView) -> Self {
        let state = match view.status {
            Status::Completed => SettlementState::Captured,
            Status::Failed | Status::Canceled => SettlementState::Released,
            Status::Queued | Status::Processing | Status::Retrying => SettlementState::Held,
        };
        Self {
            state,
            amount: view.price.get(),
            at: Timestamp(view.settled_at.unwrap_or(view.created_at)),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Generation {
    #[serde(flatten)]
    common: GenerationCommon,
    #[serde(flatten)]
    state: GenerationState,
}

/// Fields of a generation in every state. Not a component: [`Generation`] adds them to each state.
#[derive(Debug, Serialize, ToSchema)]
struct GenerationCommon {
    #[schema(example = 31)]
    id: i64,
    /// The owner.
    #[schema(example = 12)]
    user_id: i64,
    #[schema(example = 7)]
    style_id: i64,
    /// Each state narrows it.
    #[schema(value_type = String)]
    status: &'static str,
    /// Price.
    #[schema(example = 30, minimum = 1)]
    consumed_tokens: i64,
    aspect_ratio: AspectRatio,
    created_at: Timestamp,
    /// Only the owner receives it, and not in the response to `POST /api/generations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Settlement, required = false)]
    settlement: Option<Settlement>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum GenerationState {
    Queued(QueuedGeneration),
    Running(RunningGeneration),
    Completed(Box<CompletedGeneration>),
    Unsuccessful(UnsuccessfulGeneration),
}

/// A generation that waits for a worker.
#[derive(Debug, Serialize, ToSchema)]
struct QueuedGeneration {
    /// Generations ahead of this one, counted to 1000.
    #[schema(example = 0, minimum = 0, maximum = 1000)]
    queue_position: i64,
    /// Null until a worker reports.
    #[schema(value_type = Option<GenerationProgress>, required)]
    progress: Option<Value>,
}

/// A generation that a worker processes, or that is tried again after a failure.
#[derive(Debug, Serialize, ToSchema)]
struct RunningGeneration {
    /// Null until a worker reports.
    #[schema(value_type = Option<GenerationProgress>, required)]
    progress: Option<Value>,
}

/// A generation with its image.
#[derive(Debug, Serialize, ToSchema)]
struct CompletedGeneration {
    updated_at: Timestamp,
    style: GenerationStyle,
    /// URL of the image.
    result_url: String,
    /// Caption.
    #[schema(max_length = 1000, required)]
    description: Option<String>,
    #[schema(example = 42, minimum = 0, maximum = 2_147_483_647)]
    seed: i64,
    /// Whether everybody can see the image.
    is_public: bool,
    #[schema(example = 0, minimum = 0)]
    like_count: i64,
    #[schema(example = 0, minimum = 0)]
    comment_count: i64,
    /// Whether the current account likes it.
    is_liked: bool,
    /// Prompt.
    #[schema(example = json!(["lighthouse", "storm"]))]
    tags: Vec<String>,
}

/// A generation that failed or was canceled. Its tokens are released.
#[derive(Debug, Serialize, ToSchema)]
struct UnsuccessfulGeneration {
    /// Null when it was canceled.
    #[schema(example = "GPU_OOM", required)]
    error_code: Option<String>,
    /// For people.
    #[schema(required)]
    error_message: Option<String>,
    /// Always true.
    #[schema(example = true)]
    refunded: bool,
}

impl Generation {
    /// The settlement is for the owner.
    pub async fn of(
        view: GenerationView,
        viewer: Option<UserId>,
        media: &MediaUrls,
    ) -> Result<Self, ApiError> {
        let settlement = (viewer == Some(view.user_id)).then(|| Settlement::of(&view));
        let state = match (view.status, &view.image) {
            (Status::Queued, _) => GenerationState::Queued(QueuedGeneration {
                queue_position: view.queue_position.unwrap_or_default(),
                progress: None,
            }),
            (Status::Failed | Status::Canceled, _) => {
                let (error_code, error_message) = view.error.clone().unzip();
                GenerationState::Unsuccessful(UnsuccessfulGeneration {
                    error_code,
                    error_message,
                    refunded: true,
                })
            }
            (Status::Completed, Some(image)) => {
                GenerationState::Completed(Box::new(CompletedGeneration::of(&view, image, media).await?))
            }
            _ => GenerationState::Running(RunningGeneration {
                progress: view.progress.clone(),
            }),
        };
        let common = GenerationCommon {
            id: view.id.0,
            user_id: view.user_id.0,
            style_id: view.style.id,
            status: view.status.as_str(),
            consumed_tokens: view.price.get(),
            aspect_ratio: view.aspect.into(),
            created_at: Timestamp(view.created_at),
            settlement,
        };
        Ok(Self { common, state })
    }
}

impl From<CreatedGeneration> for Generation {
    fn from(created: CreatedGeneration) -> Self {
        Self {
            common: GenerationCommon {
                id: created.id.0,
                user_id: created.user.0,
                style_id: created.style.0,
                status: Status::Queued.as_str(),
                consumed_tokens: created.price.get(),
                aspect_ratio: created.aspect.into(),
                created_at: Timestamp(created.created_at),
                settlement: None,
            },
            state: GenerationState::Queued(QueuedGeneration {
                queue_position: created.queue_position,
                progress: None,
            }),
        }
    }
}

impl CompletedGeneration {
    async fn of(view: &GenerationView, image: &ImageView, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            updated_at: Timestamp(view.updated_at),
            style: GenerationStyle {
                id: view.style.id,
                name: view.style.name.clone(),
                artist: ArtistRef {
                    id: view.artist.id.0,
                    artist_name: view.artist.artist_name.clone(),
                },
            },
            result_url: media.address(&image.object).await?,
            description: view.caption.clone(),
            seed: view.seed.get(),
            is_public: image.is_public,
            like_count: image.like_count,
            comment_count: image.comment_count,
            is_liked: image.is_liked,
            tags: view.tags.clone(),
        })
    }
}

type Schemas = Vec<(String, RefOr<Schema>)>;

/// Component name, values of `status`, schema of the component, and how to collect the schemas that it refers to.
type Alternative = (String, &'static [Status], fn() -> RefOr<Schema>, fn(&mut Schemas));

fn alternatives() -> [Alternative; 4] {
    fn alternative<T: ToSchema>(statuses: &'static [Status]) -> Alternative {
        (T::name().into_owned(), statuses, T::schema, T::schemas)
    }
    [
        alternative::<QueuedGeneration>(&[Status::Queued]),
        alternative::<RunningGeneration>(&[Status::Processing, Status::Retrying]),
        alternative::<CompletedGeneration>(&[Status::Completed]),
        alternative::<UnsuccessfulGeneration>(&[Status::Failed, Status::Canceled]),
    ]
}

fn object(schema: RefOr<Schema>) -> Object {
    match schema {
        RefOr::T(Schema::Object(object)) => object,
        _ => Object::new(),
    }
}

/// One of the states, told apart by `status`. Written by hand: a derived schema has no discriminator mapping, and its
/// common fields would be an `allOf` with a `oneOf` inside, which generators do not understand.
impl PartialSchema for Generation {
    fn schema() -> RefOr<Schema> {
        let mut one_of =
            OneOfBuilder::new().description(Some("A generation. `status` tells the alternatives apart."));
        let mut discriminator = Discriminator::new("status");
        for (name, statuses, ..) in alternatives() {
            let reference = Ref::from_schema_name(&name);
            for status in statuses {
                let location = reference.ref_location.clone();
                discriminator.mapping.insert(status.as_str().to_owned(), location);
            }
            one_of = one_of.item(reference);
        }
        one_of.discriminator(Some(discriminator)).into()
    }
}

impl ToSchema for Generation {
    fn schemas(schemas: &mut Schemas) {
        GenerationCommon::schemas(schemas);
        for (name, statuses, schema, referenced) in alternatives() {
            let mut merged = object(GenerationCommon::schema());
            let state = object(schema());
            let words = statuses.iter().map(|status| status.as_str());
            let status = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(words));
            merged.properties.extend(state.properties);
            merged.properties.insert("status".to_owned(), status.into());
            merged.required.extend(state.required);
            merged.description = state.description;
            schemas.push((name, merged.into()));
            referenced(schemas);
        }
    }
}
