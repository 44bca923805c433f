//! Writes that belong together: one transaction that every repository takes part in.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Erasures, Profiles, StorageError};
use crate::{
    GenerationId, ObjectAddress, StyleId, TaskId, UserId,
    artist::ArtistName,
    generation::{Caption, GenerationStatus},
    style::{GenerationCost, LicenceKind, StyleDescription, StyleName, TagName, TrainingStatus},
    task::Topic,
    user::{EmailAddress, Identity, Username},
};

/// Opens units of work.
#[async_trait]
pub trait UnitOfWorkFactory: Send + Sync {
    /// Begins a transaction.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError>;
}

/// One transaction. Dropped without [`UnitOfWork::commit`], it leaves nothing behind. No network call belongs inside.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Accounts, wallets and artist profiles.
    fn accounts(&mut self) -> &mut dyn Accounts;
    /// Styles and their images.
    fn styles(&mut self) -> &mut dyn Styles;
    /// Requests and images.
    fn generations(&mut self) -> &mut dyn Generations;
    /// Tasks on their way.
    fn outbox(&mut self) -> &mut dyn Outbox;
    /// Uploads in progress.
    fn uploads(&mut self) -> &mut dyn Uploads;
    /// What accounts show of themselves.
    fn profiles(&mut self) -> &mut dyn Profiles;
    /// Accounts on their way out.
    fn erasures(&mut self) -> &mut dyn Erasures;
    /// Makes everything permanent.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
    /// Leaves nothing behind and lets go of every lock before it returns; when merely dropped, that happens a little
    /// later.
    async fn roll_back(self: Box<Self>) -> Result<(), StorageError>;
}

/// A first login.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Account key and e-mail address.
    pub identity: Identity,
    /// Name to try.
    pub username: Username,
    /// Now.
    pub now: DateTime<Utc>,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// The account is new, with wallet and welcome bonus.
    Created(UserId),
    /// Another callback was faster, or the person was here before.
    Existing {
        /// The account.
        user: UserId,
        /// False once deactivated.
        is_active: bool,
    },
    /// The username is taken: try another one.
    UsernameTaken,
}

/// A new artist profile.
#[derive(Debug, Clone)]
pub struct BecomeArtist {
    /// The account.
    pub user: UserId,
    /// Name to work under.
    pub artist_name: ArtistName,
    /// Business address.
    pub verified_email: EmailAddress,
    /// The signature, already stored.
    pub signature: ObjectAddress,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Accounts, wallets and artist profiles.
#[async_trait]
pub trait Accounts: Send {
    /// Finds the account of an identity or makes it, with profile, wallet and the one welcome bonus.
    async fn register(&mut self, account: NewAccount) -> Result<Registered, StorageError>;

    /// Makes the account an artist; false when it is one already.
    async fn become_artist(&mut self, artist: BecomeArtist) -> Result<bool, StorageError>;
}

/// An artist whose row is locked until the end of the transaction: two uploads cannot both slip under the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedArtist {
    /// Styles that have not failed.
    pub unfailed_styles: i64,
}

/// A style to store.
#[derive(Debug, Clone)]
pub struct NewStyle {
    /// Whose.
    pub artist: UserId,
    /// Name.
    pub name: StyleName,
    /// Description.
    pub description: StyleDescription,
    /// Price of an image.
    pub cost: GenerationCost,
    /// Licence.
    pub licence: LicenceKind,
    /// Public thumbnail, already stored.
    pub thumbnail: ObjectAddress,
    /// All tags of the style.
    pub tags: Vec<TagName>,
    /// Images in upload order.
    pub images: Vec<NewTrainingImage>,
    /// First training task.
    pub task_id: TaskId,
    /// The upload that brought the images.
    pub upload_id: Uuid,
    /// Now.
    pub now: DateTime<Utc>,
}

/// A training image, already stored.
#[derive(Debug, Clone)]
pub struct NewTrainingImage {
    /// Where it lies; private.
    pub object: ObjectAddress,
    /// Public thumbnail, already stored, of one that is shown as a sample.
    pub sample: Option<ObjectAddress>,
    /// MIME type.
    pub content_type: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// What it shows.
    pub tags: Vec<TagName>,
}

/// A style whose row is locked, with what a new training task needs.
#[derive(Debug, Clone)]
pub struct LockedStyle {
    /// Its artist.
    pub artist: UserId,
    /// State.
    pub status: TrainingStatus,
    /// Number of the last attempt.
    pub attempt: u16,
    /// Whether everybody may see it: trained, offered by its artist, not withdrawn by the platform.
    pub is_offered: bool,
    /// From when on it may be used.
    pub valid_from: DateTime<Utc>,
}

/// What an artist changes about a style. Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct StyleChange {
    /// New description.
    pub description: Option<StyleDescription>,
    /// New price, for requests made from now on.
    pub cost: Option<GenerationCost>,
    /// Offer it, or withdraw it.
    pub is_active: Option<bool>,
    /// New licence, for images made from now on.
    pub licence: Option<LicenceKind>,
    /// New end of its use; `Some(None)` removes it.
    pub valid_to: Option<Option<DateTime<Utc>>>,
}

impl StyleChange {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.description.is_none()
            && self.cost.is_none()
            && self.is_active.is_none()
            && self.licence.is_none()
            && self.valid_to.is_none()
    }
}

/// Styles and their images.
#[async_trait]
pub trait Styles: Send {
    /// Locks the artist's row; `None` when the account is no artist.
    async fn lock_artist(&mut self, artist: UserId) -> Result<Option<LockedArtist>, StorageError>;

    /// Stores a style with its dataset, images and tags. `None` when the artist has one of this name.
    async fn insert(&mut self, style: NewStyle) -> Result<Option<StyleId>, StorageError>;

    /// Locks a style.
    async fn lock(&mut self, style: StyleId) -> Result<Option<LockedStyle>, StorageError>;

    /// Applies the artist's change.
    async fn change(
        &mut self,
        style: StyleId,
        change: StyleChange,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;

    /// Starts a failed style's training anew, with a new task, as its first attempt.
    async fn restart_training(
        &mut self,
        style: StyleId,
        task_id: TaskId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;
}

/// A request whose row is locked.
#[derive(Debug, Clone)]
pub struct LockedImage {
    /// Its owner.
    pub owner: UserId,
    /// State.
    pub status: GenerationStatus,
    /// Whether anybody may see it.
    pub is_public: bool,
}

/// What an owner changes about an image. Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// Show it to everybody, or to nobody else.
    pub is_public: Option<bool>,
    /// New caption; `Some(None)` removes it.
    pub caption: Option<Option<Caption>>,
}

impl Described {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.is_public.is_none() && self.caption.is_none()
    }
}

/// Requests and images.
#[async_trait]
pub trait Generations: Send {
    /// Locks a request.
    async fn lock(&mut self, generation: GenerationId) -> Result<Option<LockedImage>, StorageError>;

    /// Applies the owner's change; shows or hides the image's post.
    async fn describe(
        &mut self,
        generation: GenerationId,
        change: Described,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;
}

/// A task on its way.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// `message_id` on the wire.
    pub task_id: TaskId,
    /// Queue.
    pub topic: Topic,
    /// The request or style it is about.
    pub subject_id: i64,
    /// JSON.
    pub payload: Vec<u8>,
    /// When to send it.
    pub send_at: DateTime<Utc>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Objects to remove once the transaction has committed.
#[derive(Debug, Clone)]
pub struct NewDeletion {
    /// Id of the message.
    pub message_id: Uuid,
    /// Whose objects they are.
    pub owner: UserId,
    /// JSON.
    pub payload: Vec<u8>,
    /// When to remove them.
    pub remove_at: DateTime<Utc>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Tasks on their way, and objects to remove.
#[async_trait]
pub trait Outbox: Send {
    /// Puts a task into the outbox.
    async fn enqueue(&mut self, message: NewMessage) -> Result<(), StorageError>;

    /// Puts the removal of objects into the outbox.
    async fn enqueue_deletion(&mut self, deletion: NewDeletion) -> Result<(), StorageError>;

    /// Drops what was not yet sent about a subject.
    async fn drop_unsent(&mut self, topic: Topic, subject_id: i64) -> Result<(), StorageError>;
}

/// An upload whose first object is about to be stored.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Id.
    pub id: Uuid,
    /// Who uploads.
    pub owner: UserId,
    /// Every object's key starts with this.
    pub prefix: String,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Uploads in progress.
#[async_trait]
pub trait Uploads: Send {
    /// Notes an upload, to be committed before the first object is stored.
    async fn begin(&mut self, upload: NewUpload) -> Result<(), StorageError>;

    /// Marks an upload as arrived. False when the sweep was faster: its objects are gone.
    async fn finish(&mut self, id: Uuid) -> Result<bool, StorageError>;
}
