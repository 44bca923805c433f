//! Asking for an image: tokens held, request stored, task in the outbox, at once or not at all.

use chrono::{DateTime, Utc};
use domain::{
    GenerationId, StorageError, StyleId, TaskId, Tokens, UserId,
    generations::{AspectRatio, Caption, Hold, HoldOutcome, HoldQuote, PromptTags, Seed},
    styles::TrainingStatus,
};
use thiserror::Error;

use super::GenerationService;
use crate::workers::{ImageTask, TaskStamp};

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct NewGeneration {
    pub user: UserId,
    pub style: StyleId,
    pub prompt: PromptTags,
    pub caption: Option<Caption>,
    pub aspect: AspectRatio,
    /// Seed; drawn when absent.
    pub seed: Option<Seed>,
}

/// A request that waits for a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedGeneration {
    pub id: GenerationId,
    pub user: UserId,
    pub style: StyleId,
    pub price: Tokens,
    pub aspect: AspectRatio,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Requests ahead, counted to 1000.
    pub queue_position: i64,
}

/// Why nothing was held.
#[derive(Debug, Error)]
pub enum CreateGenerationError {
    /// There is no such style, or it is not offered.
    #[error("there is no such style")]
    StyleNotFound,
    /// The style is not trained yet, or its license's time is over.
    #[error("the style cannot be used now")]
    StyleNotReady,
    /// Too few tokens.
    #[error("{required} tokens needed, {available} there")]
    InsufficientTokens { required: Tokens, available: Tokens },
    #[error("there is no such account")]
    NoAccount,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl GenerationService {
    /// Asks for an image at the style's price now: two round trips, one for reading and one for everything written.
    pub async fn create(&self, wanted: NewGeneration) -> Result<CreatedGeneration, CreateGenerationError> {
        let now = self.clock.now();
        let quote = self
            .queries
            .reserve_id_and_quote(wanted.style, now)
            .await?
            .ok_or(CreateGenerationError::StyleNotFound)?;
        let hold = self.hold_of(&wanted, &quote, now)?;
        let (price, aspect) = (hold.price, hold.aspect);
        match self.settlements.hold(hold).await? {
            HoldOutcome::Held { .. } => {}
            HoldOutcome::InsufficientTokens { available } => {
                return Err(CreateGenerationError::InsufficientTokens {
                    required: price,
                    available,
                });
            }
            HoldOutcome::NoWallet => return Err(CreateGenerationError::NoAccount),
        }
        (self.wake)();
        Ok(CreatedGeneration {
            id: quote.next_id,
            user: wanted.user,
            style: wanted.style,
            price,
            aspect,
            created_at: now,
            queue_position: quote.queue_position,
        })
    }

    fn hold_of(
        &self,
        wanted: &NewGeneration,
        quote: &HoldQuote,
        now: DateTime<Utc>,
    ) -> Result<Hold, CreateGenerationError> {
        let style = &quote.style;
        if !style.is_offered {
            return Err(CreateGenerationError::StyleNotFound);
        }
        let model = style
            .model
            .as_ref()
            .filter(|_| style.status == TrainingStatus::Completed && style.is_valid);
        let model = model.ok_or(CreateGenerationError::StyleNotReady)?;
        let task_id = TaskId(self.ids.uuid());
        let seed = wanted.seed.unwrap_or_else(|| self.ids.seed());
        let result_key = format!("generations/{}.png", self.ids.uuid().simple());
        let task = ImageTask {
            generation: quote.next_id,
            style: style.id,
            prompt_tags: &wanted.prompt.names(),
            aspect: wanted.aspect,
            seed,
            result_key: &result_key,
            model,
            signature: style.signature.as_ref(),
        };
        let payload = self.tasks.image(
            task,
            TaskStamp {
                task_id,
                attempt: 1,
                now,
            },
        );
        Ok(Hold {
            user: wanted.user,
            price: style.price,
            generation: quote.next_id,
            style: style.id,
            artist: style.artist,
            task_id,
            prompt: wanted.prompt.clone(),
            caption: wanted.caption.clone(),
            aspect: wanted.aspect,
            seed,
            result_key,
            payload,
            now,
        })
    }
}
