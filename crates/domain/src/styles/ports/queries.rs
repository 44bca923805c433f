//! Read models of styles.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    ArtistId, ObjectAddress, StorageError, StyleId, Tokens, UserId,
    page::{Page, PageRequest, Sort},
    styles::{StyleModel, StyleName, TagName, TrainingStatus},
    workers::Attempt,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleArtist {
    pub id: ArtistId,
    pub username: String,
    pub artist_name: String,
}

/// A style in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleCard {
    pub style: StyleModel,
    pub artist: StyleArtist,
    /// Sorted.
    pub tags: Vec<String>,
}

/// A style's average of likes covers at most this many of its newest public images, so that reading a style has a
/// bounded cost.
pub const AVG_LIKES_IMAGES: i64 = 1000;

/// A style with all details.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleView {
    pub card: StyleCard,
    pub updated_at: DateTime<Utc>,
    pub artist_image: Option<ObjectAddress>,
    pub follower_count: i64,
    /// Mean number of likes of its newest [`AVG_LIKES_IMAGES`] public images, two decimals.
    pub avg_likes: f64,
    /// Public samples in upload order. Empty for styles created before samples existed.
    pub samples: Vec<SampleArtwork>,
    pub progress: Option<Value>,
    /// Measurements of the worker. Only for the owner and administrators.
    pub training_metric: Option<Value>,
    /// Why the training failed: code and message. Only for the owner and administrators.
    pub error: Option<(String, String)>,
}

/// A public sample of a style: the thumbnail of a training image. Originals are never public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleArtwork {
    pub id: i64,
    /// Public bucket.
    pub image: ObjectAddress,
    /// Sorted.
    pub tags: Vec<String>,
}

/// A style in its artist's own list.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnStyle {
    pub style: StyleModel,
    pub earned: Tokens,
    pub progress: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StyleFilter {
    pub sort: Sort,
    pub tags: Vec<TagName>,
    pub artist: Option<ArtistId>,
    /// Also the unfinished styles of this user.
    pub unfinished_of: Option<UserId>,
}

/// What decides whether an upload is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadCheck {
    /// Styles of the artist that have not failed.
    pub unfailed_styles: i64,
    pub name_taken: bool,
}

/// A training and the content of its task.
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

/// A training without a heartbeat for too long.
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

    /// A style in any state. The caller decides who may see it.
    async fn find(&self, style: StyleId) -> Result<Option<StyleView>, StorageError>;

    /// A page of an artist's own styles, newest first.
    async fn mine(&self, artist: ArtistId, page: PageRequest) -> Result<Page<OwnStyle>, StorageError>;

    /// `None` when the user is not an artist. Without a `name`, none is taken.
    async fn upload_check(
        &self,
        artist: UserId,
        name: Option<StyleName>,
    ) -> Result<Option<UploadCheck>, StorageError>;

    /// The training and the content of its task.
    async fn training_brief(&self, style: StyleId) -> Result<Option<TrainingBrief>, StorageError>;

    /// Trainings that a worker has taken without a heartbeat since `taken_before`, or that no worker has taken since
    /// `waiting_before`: up to `limit` of each, oldest first.
    async fn silent(
        &self,
        taken_before: DateTime<Utc>,
        waiting_before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<SilentTraining>, StorageError>;
}
