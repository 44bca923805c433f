//! Styles as they are shown, and as a training task needs them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    ArtistId, ObjectAddress, StorageError, StyleId, Tokens, UserId,
    page::{Page, PageRequest, Sort},
    styles::{LicenseKind, StyleName, TagName, TrainingStatus},
    workers::Attempt,
};

/// Whose style it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleArtist {
    pub id: ArtistId,
    pub username: String,
    pub artist_name: String,
}

/// A style in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleCard {
    pub id: StyleId,
    pub name: String,
    pub description: String,
    /// Thumbnail, public bucket.
    pub thumbnail: Option<ObjectAddress>,
    pub artist: StyleArtist,
    pub status: TrainingStatus,
    /// Price of an image, tokens.
    pub price: Tokens,
    /// Finished images, up to a second old.
    pub usage_count: i64,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// Most public images, the newest ones, whose likes a style's average is made of: a style's page costs the same however
/// many images were made in it.
pub const AVERAGED_IMAGES: i64 = 1000;

/// A style on its own page.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleView {
    pub card: StyleCard,
    pub license: LicenseKind,
    pub valid_from: Option<DateTime<Utc>>,
    pub valid_to: Option<DateTime<Utc>>,
    /// False when the artist withdrew it.
    pub is_active: bool,
    /// True when hidden by an admin.
    pub is_flagged: bool,
    pub updated_at: DateTime<Utc>,
    pub artist_image: Option<ObjectAddress>,
    pub follower_count: i64,
    pub total_generations: i64,
    /// Mean number of likes of its newest [`AVERAGED_IMAGES`] public images, two decimals.
    pub avg_likes: f64,
    /// Public samples in upload order; none of styles older than samples.
    pub samples: Vec<SampleArtwork>,
    pub progress: Option<Value>,
    /// The model; for the owner and admins.
    pub model: Option<ObjectAddress>,
    /// What the worker measured; for the owner and admins.
    pub training_metric: Option<Value>,
    /// Why the training failed; for the owner and admins.
    pub error: Option<(String, String)>,
}

/// A public sample of a style: the thumbnail of a training image. Originals are never public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleArtwork {
    pub id: i64,
    /// Thumbnail, public bucket.
    pub image: ObjectAddress,
    /// The image's tags, sorted.
    pub tags: Vec<String>,
}

/// A style in its artist's own list.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnStyle {
    pub id: StyleId,
    pub name: String,
    pub status: TrainingStatus,
    /// Price of an image, tokens.
    pub price: Tokens,
    pub usage_count: i64,
    /// Tokens earned with it.
    pub earned: Tokens,
    pub progress: Option<Value>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// Which styles a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StyleFilter {
    /// Order.
    pub sort: Sort,
    pub tags: Vec<TagName>,
    pub artist: Option<ArtistId>,
    /// Also unfinished ones of this reader.
    pub unfinished_of: Option<UserId>,
}

/// What must hold before an upload is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadCheck {
    /// Styles of the artist that have not failed.
    pub unfailed_styles: i64,
    /// Whether the artist has a style of this name.
    pub name_taken: bool,
}

/// A training and what its task says.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingBrief {
    pub id: StyleId,
    pub artist: ArtistId,
    pub status: TrainingStatus,
    pub attempt: Attempt,
    /// Images in upload order, with their tags.
    pub images: Vec<(ObjectAddress, Vec<String>)>,
    pub tags: Vec<String>,
}

/// A training of which nothing was heard for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentTraining {
    pub id: StyleId,
    pub attempt: Attempt,
    /// When its current task was sent.
    pub sent_at: DateTime<Utc>,
    pub last_heartbeat_at: DateTime<Utc>,
}

/// Reads styles.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait StyleQueries: Send + Sync {
    /// A page of active, unflagged styles.
    async fn list(&self, filter: StyleFilter, page: PageRequest) -> Result<Page<StyleCard>, StorageError>;

    /// A style, whatever its state; who may see it is decided by the caller.
    async fn find(&self, style: StyleId) -> Result<Option<StyleView>, StorageError>;

    /// A page of an artist's own styles, newest first.
    async fn mine(&self, artist: ArtistId, page: PageRequest) -> Result<Page<OwnStyle>, StorageError>;

    /// Whether an upload may go on; `None` when the account is no artist.
    async fn upload_check(
        &self,
        artist: UserId,
        name: &StyleName,
    ) -> Result<Option<UploadCheck>, StorageError>;

    /// What a training task says.
    async fn training_brief(&self, style: StyleId) -> Result<Option<TrainingBrief>, StorageError>;

    /// Trainings taken and silent since `taken_before`, or never taken since `waiting_before`: up to `limit` of each,
    /// oldest first.
    async fn silent(
        &self,
        taken_before: DateTime<Utc>,
        waiting_before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<SilentTraining>, StorageError>;
}
