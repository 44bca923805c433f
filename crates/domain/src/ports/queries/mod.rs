//! Reads that lead to no write: each answers one screen in as few round trips as it can, whatever the length of the
//! list, and returns a read model shaped for it. Texts were checked when they were written and are plain here.

mod community;
mod follows;
mod generations;
mod notifications;
mod purchases;
mod search;
mod styles;
mod tokens;
mod users;

pub use community::{CommentView, CommunityQueries, SHOWN_REPLIES};
pub use follows::{FollowQueries, FollowedArtist};
pub use generations::{
    FeedFilter, FeedItem, GenerationBrief, GenerationQueries, GenerationView, ImageView, OwnGeneration,
    OwnGenerationFilter, Prepared, SilentGeneration, StyleForHold,
};
pub use notifications::{COUNTED_UNREAD, NotificationQueries, NotificationView, TargetView};
pub use purchases::{OwedView, PurchaseQueries};
pub use search::{FoundArtist, FoundStyle, SEARCHED, SEARCHED_FOR_TAGS, SearchQueries};
pub use styles::{
    AVERAGED_IMAGES, OwnStyle, SampleArtwork, SilentTraining, StyleArtist, StyleCard, StyleFilter,
    StyleQueries, StyleView, TrainingBrief, UploadCheck,
};
pub use tokens::{BalanceView, TokenQueries, TransactionFilter, TransactionStatus, TransactionView};
pub use users::{COUNTED_IMAGES, MeArtist, MeView, ProfileArtist, ProfileView, UserQueries};

#[cfg(feature = "mock")]
pub use self::{
    community::MockCommunityQueries, follows::MockFollowQueries, generations::MockGenerationQueries,
    notifications::MockNotificationQueries, purchases::MockPurchaseQueries, search::MockSearchQueries,
    styles::MockStyleQueries, tokens::MockTokenQueries, users::MockUserQueries,
};

/// An id and the name to show with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// How a public list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Newest first.
    #[default]
    Recent,
    /// Most used or liked first, then newest. While counts change underneath, a row may move across the cursor.
    Popular,
}
