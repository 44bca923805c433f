//! Requests and images as they are shown, and as a task needs them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    ArtistId, GenerationId, ObjectAddress, StorageError, StyleId, Tokens, UserId,
    generations::{AspectRatio, GenerationStatus, Seed},
    id::Named,
    page::{Page, PageRequest, Sort},
    styles::{StyleArtist, TagName, TrainingStatus},
    workers::Attempt,
};

/// What a hold must know of the style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleForHold {
    pub id: StyleId,
    pub artist: ArtistId,
    pub price: Tokens,
    pub status: TrainingStatus,
    /// Whether it is offered: active, not flagged, its artist's account active.
    pub is_offered: bool,
    /// Whether the license's time covers now.
    pub is_valid: bool,
    pub model: Option<ObjectAddress>,
    pub signature: Option<ObjectAddress>,
}

/// Everything read before a hold, in one round trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldQuote {
    pub style: StyleForHold,
    pub next_id: GenerationId,
    /// Requests ahead in the queue, counted to 1000.
    pub queue_position: i64,
}

/// A request on its own page.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationView {
    pub id: GenerationId,
    pub user_id: UserId,
    pub style: Named,
    pub artist: StyleArtist,
    pub status: GenerationStatus,
    /// The price held, captured or released.
    pub price: Tokens,
    pub aspect: AspectRatio,
    pub seed: Seed,
    pub caption: Option<String>,
    pub tags: Vec<String>,
    pub progress: Option<Value>,
    /// Requests ahead, for a queued one.
    pub queue_position: Option<i64>,
    /// Why it failed: code and message.
    pub error: Option<(String, String)>,
    /// The image, once there.
    pub image: Option<ImageView>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// When it was captured or released.
    pub settled_at: Option<DateTime<Utc>>,
}

/// An image and what people think of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageView {
    pub object: ObjectAddress,
    /// Whether anybody may see it.
    pub is_public: bool,
    pub like_count: i64,
    pub comment_count: i64,
    /// Whether the reader likes it.
    pub is_liked: bool,
}

/// A request in its owner's list.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnGeneration {
    pub id: GenerationId,
    pub style: Named,
    pub status: GenerationStatus,
    /// The image, once there.
    pub image: Option<ImageView>,
    pub price: Tokens,
    pub aspect: AspectRatio,
    pub caption: Option<String>,
    pub progress: Option<Value>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// Which of a person's requests a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnGenerationFilter {
    /// States; empty for all.
    pub statuses: Vec<GenerationStatus>,
    /// Only public or only private ones.
    pub is_public: Option<bool>,
}

/// A public image in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedItem {
    pub id: GenerationId,
    pub user: Named,
    pub user_image: Option<ObjectAddress>,
    pub style: Named,
    pub image: ImageView,
    pub caption: Option<String>,
    pub tags: Vec<String>,
    /// When its post was made.
    pub created_at: DateTime<Utc>,
}

/// Which images the feed shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedFilter {
    /// Order.
    pub sort: Sort,
    pub tags: Vec<TagName>,
    pub user: Option<UserId>,
    pub style: Option<StyleId>,
}

/// A request and what its task says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationBrief {
    pub id: GenerationId,
    pub style: StyleId,
    pub status: GenerationStatus,
    pub attempt: Attempt,
    pub prompt_tags: Vec<String>,
    pub aspect: AspectRatio,
    pub seed: Seed,
    /// Key for the image, public bucket.
    pub result_key: String,
    pub model: Option<ObjectAddress>,
    pub signature: Option<ObjectAddress>,
}

/// A request of which nothing was heard for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentGeneration {
    pub id: GenerationId,
    pub attempt: Attempt,
    /// Key for the image, public bucket.
    pub result_key: String,
    /// When it was asked for: an image older than this is none of its.
    pub created_at: DateTime<Utc>,
    /// Last heartbeat, or when its current task was sent.
    pub last_heartbeat_at: DateTime<Utc>,
}

/// Reads requests and images.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait GenerationQueries: Send + Sync {
    /// What a hold needs: the style, the next id, the queue's length.
    async fn reserve_id_and_quote(
        &self,
        style: StyleId,
        now: DateTime<Utc>,
    ) -> Result<Option<HoldQuote>, StorageError>;

    /// A request as `viewer` sees it: one's own, or anybody's public image.
    async fn view(
        &self,
        generation: GenerationId,
        viewer: Option<UserId>,
    ) -> Result<Option<GenerationView>, StorageError>;

    /// A page of a person's own requests, newest first.
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

    /// What a task says.
    async fn brief(&self, generation: GenerationId) -> Result<Option<GenerationBrief>, StorageError>;

    /// Requests taken and silent since `taken_before`, or never taken since `waiting_before`: up to `limit` of each,
    /// oldest first.
    async fn silent(
        &self,
        taken_before: DateTime<Utc>,
        waiting_before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<SilentGeneration>, StorageError>;
}
