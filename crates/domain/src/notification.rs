//! What the platform tells somebody about.

use chrono::{DateTime, Utc};

use crate::{NotificationId, UserId};

/// Why somebody is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationKind {
    /// Somebody follows the artist.
    Follow,
    /// Somebody likes an image.
    Like,
    /// Somebody commented or replied.
    Comment,
    /// An image is finished.
    GenerationComplete,
    /// An image could not be made; the tokens are back.
    GenerationFailed,
    /// A style can be used.
    StyleTrainingComplete,
    /// A style could not be trained.
    StyleTrainingFailed,
}

impl NotificationKind {
    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Follow => "follow",
            Self::Like => "like",
            Self::Comment => "comment",
            Self::GenerationComplete => "generation_complete",
            Self::GenerationFailed => "generation_failed",
            Self::StyleTrainingComplete => "style_training_complete",
            Self::StyleTrainingFailed => "style_training_failed",
        }
    }
}

/// One entry of somebody's notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Key.
    pub id: NotificationId,
    /// Who is told.
    pub user_id: UserId,
    /// Whose act it was; none for a job of the platform.
    pub actor_id: Option<UserId>,
    /// Why.
    pub kind: NotificationKind,
    /// Id of the style, generation, comment or user it is about.
    pub target_id: i64,
    /// Whether it was read.
    pub is_read: bool,
    /// When it happened.
    pub created_at: DateTime<Utc>,
}
