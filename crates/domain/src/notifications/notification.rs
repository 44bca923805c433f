//! What the platform tells somebody about.

use chrono::{DateTime, Utc};

use crate::{FieldError, NotificationId, UserId};

/// Why somebody is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationKind {
    Follow,
    Like,
    Comment,
    GenerationComplete,
    /// An image could not be made; the tokens are back.
    GenerationFailed,
    StyleTrainingComplete,
    /// A style could not be trained.
    StyleTrainingFailed,
}

impl NotificationKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Follow,
        Self::Like,
        Self::Comment,
        Self::GenerationComplete,
        Self::GenerationFailed,
        Self::StyleTrainingComplete,
        Self::StyleTrainingFailed,
    ];

    /// Reads the word stored.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let allowed = "follow, like, comment, generation_complete, generation_failed, style_training_complete, \
                       style_training_failed";
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or(FieldError::NotOneOf { allowed })
    }

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

/// What kind of thing a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    User,
    Style,
    Generation,
    Comment,
}

impl TargetKind {
    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Style => "style",
            Self::Generation => "generation",
            Self::Comment => "comment",
        }
    }

    /// Reads the word stored.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        [Self::User, Self::Style, Self::Generation, Self::Comment]
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or(FieldError::NotOneOf {
                allowed: "user, style, generation, comment",
            })
    }
}

/// One entry of somebody's notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub user_id: UserId,
    /// Whose act it was; none for a job of the platform.
    pub actor_id: Option<UserId>,
    pub kind: NotificationKind,
    /// What kind of thing it is about.
    pub target_kind: TargetKind,
    /// Id of the style, generation, comment or user it is about.
    pub target_id: i64,
    /// Whether it was read.
    pub is_read: bool,
    /// When it happened.
    pub created_at: DateTime<Utc>,
}
