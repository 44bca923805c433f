//! What the platform needs from outside, as object-safe traits. Adapters implement them, use cases hold them as
//! `Arc<dyn …>`, tests mock them (feature `mock`).

mod clock;
mod community;
mod erasures;
mod follows;
mod login;
mod maintenance;
mod media;
mod notifications;
mod outbox;
mod payments;
mod profiles;
mod publisher;
mod purchases;
pub mod queries;
mod sessions;
mod settlements;
mod storage_error;
mod trainings;
mod unit_of_work;

pub use clock::{Clock, Ids};
pub use community::{CommentPlace, Commented, Community, Liked, NewComment, NewLike};
pub use erasures::{
    AccountLock, ErasureQueries, Erasures, LockedAccount, LockedWorks, OpenRequest, OwnedObjects,
    PendingErasure,
};
pub use follows::{Followed, Follows};
pub use login::{LoginChallenge, LoginError, LoginProvider};
pub use maintenance::{Audit, Housekeeping, StaleUpload};
pub use media::{ObjectBody, ObjectError, ObjectInfo, ObjectStorage};
pub use notifications::Notifications;
pub use outbox::{DueMessage, OutboxQueue, OutboxStatus};
pub use payments::{Checkout, CheckoutOrder, PaymentError, PaymentProvider, ProviderTransaction};
pub use profiles::{ProfileChange, ProfileChanged, Profiles};
pub use publisher::{Delivery, OutgoingTask, TaskPublisher};
pub use purchases::{NewOrder, Purchases, SeenOrder};
pub use sessions::{LiveSession, NewSession, SessionHash, SessionOwner, Sessions};
pub use settlements::{
    Capture, Hold, HoldOutcome, IdempotencyClaim, OwnerCancel, Release, ReleaseCause, Resend, Settled,
    Settlements, Sign,
};
pub use storage_error::StorageError;
pub use trainings::{Trained, TrainingComplete, TrainingFail, TrainingResend, TrainingSign, Trainings};
pub use unit_of_work::{
    Accounts, BecomeArtist, Described, Generations, LockedArtist, LockedImage, LockedStyle, NewAccount,
    NewDeletion, NewMessage, NewStyle, NewTrainingImage, NewUpload, Outbox, Registered, StyleChange, Styles,
    UnitOfWork, UnitOfWorkFactory, Uploads,
};

#[cfg(feature = "mock")]
pub use mocks::*;

#[cfg(feature = "mock")]
mod mocks {
    pub use super::{
        clock::{MockClock, MockIds},
        community::MockCommunity,
        erasures::MockErasureQueries,
        follows::MockFollows,
        login::MockLoginProvider,
        maintenance::{MockAudit, MockHousekeeping},
        media::MockObjectStorage,
        notifications::MockNotifications,
        outbox::MockOutboxQueue,
        payments::MockPaymentProvider,
        publisher::MockTaskPublisher,
        purchases::MockPurchases,
        sessions::MockSessions,
        settlements::MockSettlements,
        trainings::MockTrainings,
    };
}
