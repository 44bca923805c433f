//! Read models of generations and images.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    GenerationId, ObjectAddress, StorageError, StyleId, UserId,
    generations::{Caption, GeneratedImage, GenerationRequest, GenerationStatus, PromptTags},
    page::{Page, PageRequest, Sort},
    social::CommunityPost,
    styles::{StyleModel, TagName},
    workers::Attempt,
};

/// Everything read before a hold, in one round trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldQuote {
    pub style: StyleModel,
    /// Whether the artist's account is active.
    pub artist_is_active: bool,
    /// The artist's signature.
    pub signature: Option<ObjectAddress>,
    pub next_id: GenerationId,
    /// Generations ahead in the queue, counted to 1000.
    pub queue_position: i64,
}

/// One generation.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationView {
    pub request: GenerationRequest,
    pub style_name: String,
    pub artist_name: String,
    pub progress: Option<Value>,
    /// Generations ahead, for a queued one.
    pub queue_position: Option<i64>,
    /// Why it failed: code and message.
    pub error: Option<(String, String)>,
    pub image: Option<ImageView>,
    pub updated_at: DateTime<Utc>,
    /// When the tokens were captured or released.
    pub settled_at: Option<DateTime<Utc>>,
}

/// An image with its likes and comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageView {
    pub image: GeneratedImage,
    pub like_count: i64,
    pub comment_count: i64,
    /// Whether the viewer likes it.
    pub is_liked: bool,
}

/// A generation in its owner's list.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnGeneration {
    pub request: GenerationRequest,
    pub style_name: String,
    pub image: Option<ImageView>,
    pub progress: Option<Value>,
}

/// Filter of the owner's list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnGenerationFilter {
    /// Empty for all.
    pub statuses: Vec<GenerationStatus>,
    /// Only public or only private ones.
    pub is_public: Option<bool>,
}

/// A public image in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedItem {
    pub post: CommunityPost,
    pub username: String,
    pub user_image: Option<ObjectAddress>,
    pub style_name: String,
    /// The image.
    pub object: ObjectAddress,
    pub caption: Option<Caption>,
    pub prompt: PromptTags,
    /// Whether the viewer likes it.
    pub is_liked: bool,
}

/// Filter and order of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedFilter {
    pub sort: Sort,
    pub tags: Vec<TagName>,
    pub user: Option<UserId>,
    pub style: Option<StyleId>,
}

/// A generation and the content of its task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationBrief {
    pub request: GenerationRequest,
    pub attempt: Attempt,
    /// Key for the image, public bucket.
    pub result_key: String,
    pub model: Option<ObjectAddress>,
    pub signature: Option<ObjectAddress>,
}

/// A generation without a heartbeat for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentGeneration {
    pub id: GenerationId,
    pub attempt: Attempt,
    /// Key for the image, public bucket.
    pub result_key: String,
    /// An image in storage that is older does not belong to this generation.
    pub created_at: DateTime<Utc>,
    /// Last heartbeat, or when its current task was sent.
    pub last_heartbeat_at: DateTime<Utc>,
}

/// Reads generations and images.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait GenerationQueries: Send + Sync {
    /// The style, the next id and the queue length for a hold. `None` when there is no such style.
    async fn reserve_id_and_quote(&self, style: StyleId) -> Result<Option<HoldQuote>, StorageError>;

    /// A generation of `viewer`, or one with a public image.
    async fn view(
        &self,
        generation: GenerationId,
        viewer: Option<UserId>,
    ) -> Result<Option<GenerationView>, StorageError>;

    /// A page of a user's own generations, newest first.
    async fn mine(
        &self,
        user: UserId,
        filter: OwnGenerationFilter,
        page: PageRequest,
    ) -> Result<Page<OwnGeneration>, StorageError>;

    /// A page of public images as `viewer` sees them.
    async fn feed(
        &self,
        filter: FeedFilter,
        viewer: Option<UserId>,
        page: PageRequest,
    ) -> Result<Page<FeedItem>, StorageError>;

    /// The generation and the content of its task.
    async fn brief(&self, generation: GenerationId) -> Result<Option<GenerationBrief>, StorageError>;

    /// Open generations that a worker has taken without a heartbeat since `taken_before`, or that no worker has taken
    /// since `waiting_before`: up to `limit` of each, oldest first.
    async fn silent(
        &self,
        taken_before: DateTime<Utc>,
        waiting_before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<SilentGeneration>, StorageError>;
}
