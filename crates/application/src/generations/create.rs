//! Creation of a generation: one atomic statement holds the price, stores the generation and enqueues its task.

use domain::{
    StorageError, StyleId, TaskId, Tokens, UserId,
    generations::{
        AspectRatio, Caption, GenerationRequest, GenerationStatus, Hold, HoldOutcome, HoldQuote, PromptTags,
        Seed,
    },
};
use thiserror::Error;

use super::GenerationService;
use crate::workers::{ImageTask, TaskStamp};

/// Input of [`GenerationService::create`].
#[derive(Debug, Clone)]
pub struct NewGeneration {
    pub user: UserId,
    pub style: StyleId,
    pub prompt: PromptTags,
    pub caption: Option<Caption>,
    pub aspect: AspectRatio,
    /// Random when absent.
    pub seed: Option<Seed>,
}

/// A generation that waits for a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedGeneration {
    pub request: GenerationRequest,
    /// Generations ahead, counted to 1000.
    pub queue_position: i64,
}

/// No tokens were held.
#[derive(Debug, Error)]
pub enum CreateGenerationError {
    /// There is no such style, or it is not public.
    #[error("there is no such style")]
    StyleNotFound,
    /// The style is not trained yet, or its license has ended.
    #[error("the style cannot be used now")]
    StyleNotReady,
    #[error("{required} tokens required, {available} available")]
    InsufficientTokens { required: Tokens, available: Tokens },
    #[error("there is no such account")]
    NoAccount,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl GenerationService {
    /// Creates a generation at the style's current price. Two round trips: one reads, one writes.
    pub async fn create(&self, create: NewGeneration) -> Result<CreatedGeneration, CreateGenerationError> {
        let quote = self
            .queries
            .reserve_id_and_quote(create.style)
            .await?
            .ok_or(CreateGenerationError::StyleNotFound)?;
        let hold = self.hold_of(create, &quote)?;
        let request = hold.request.clone();
        match self.settlements.hold(hold).await? {
            HoldOutcome::Held { .. } => {}
            HoldOutcome::InsufficientTokens { available } => {
                return Err(CreateGenerationError::InsufficientTokens {
                    required: request.price,
                    available,
                });
            }
            HoldOutcome::NoWallet => return Err(CreateGenerationError::NoAccount),
        }
        (self.wake)();
        Ok(CreatedGeneration {
            request,
            queue_position: quote.queue_position,
        })
    }

    fn hold_of(&self, create: NewGeneration, quote: &HoldQuote) -> Result<Hold, CreateGenerationError> {
        let style = &quote.style;
        if !style.is_visible() || !quote.artist_is_active {
            return Err(CreateGenerationError::StyleNotFound);
        }
        let now = self.clock.now();
        let model = style
            .usable_model(now)
            .ok_or(CreateGenerationError::StyleNotReady)?;
        let request = GenerationRequest {
            id: quote.next_id,
            user_id: create.user,
            style_id: style.id,
            artist_id: style.artist_id,
            status: GenerationStatus::Queued,
            price: style.price.tokens(),
            prompt: create.prompt,
            caption: create.caption,
            aspect: create.aspect,
            seed: create.seed.unwrap_or_else(|| self.ids.seed()),
            created_at: now,
        };
        let task_id = TaskId(self.ids.uuid());
        let result_key = format!("generations/{}.png", self.ids.uuid().simple());
        let task = ImageTask {
            request: &request,
            result_key: &result_key,
            model,
            signature: quote.signature.as_ref(),
        };
        let stamp = TaskStamp {
            task_id,
            attempt: 1,
            now,
        };
        let payload = self.tasks.image(task, stamp);
        Ok(Hold {
            request,
            task_id,
            result_key,
            payload,
        })
    }
}
