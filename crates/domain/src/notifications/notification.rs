//! A notification, its kind and its target.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use crate::{NotificationId, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum NotificationKind {
    Follow,
    Like,
    Comment,
    GenerationComplete,
    /// The tokens are released.
    GenerationFailed,
    StyleTrainingComplete,
    StyleTrainingFailed,
}

crate::string_enum::string_enum! { NotificationKind }

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TargetKind {
    User,
    Style,
    Generation,
    Comment,
}

crate::string_enum::string_enum! { TargetKind }

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub user_id: UserId,
    /// The user who caused it; `None` for the platform.
    pub actor_id: Option<UserId>,
    pub kind: NotificationKind,
    pub target_kind: TargetKind,
    /// Id of the style, generation, comment or user.
    pub target_id: i64,
    pub is_read: bool,
    pub created_at: DateTime<Utc>,
}
