//! Requests and images: what their owner changes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    GenerationId, StorageError, UserId,
    generations::{Caption, GenerationStatus, Generations, ImageUpdate, LockedImage},
};

use crate::row::ReadRow;
use crate::unit_of_work::PgUnitOfWork;

const DESCRIBE: &str = "
UPDATE generation_requests
   SET description = CASE WHEN $2 THEN $3::text ELSE description END, version = version + 1, updated_at = $4
 WHERE id = $1
RETURNING user_id, style_id, prompt_tags";

const CHANGE_IMAGE: &str = "
UPDATE generated_images SET is_public = COALESCE($2::boolean, is_public), updated_at = $3 WHERE generation_id = $1";

/// The first making public publishes the post, which may be there already with what its owner said while the image was
/// private; later ones show it again, with its age, likes and comments.
const SHOW_POST: &str = "
INSERT INTO community_posts AS p (generation_id, user_id, style_id, tag_ids, visible, created_at)
VALUES ($1, $2, $3, $4, true, $5)
ON CONFLICT (generation_id) DO UPDATE
   SET visible = true, published = true, tag_ids = EXCLUDED.tag_ids,
       created_at = CASE WHEN p.published THEN p.created_at ELSE EXCLUDED.created_at END";

const HIDE_POST: &str = "UPDATE community_posts SET visible = false WHERE generation_id = $1";

#[async_trait]
impl Generations for PgUnitOfWork {
    async fn lock(&mut self, generation: GenerationId) -> Result<Option<LockedImage>, StorageError> {
        let id = generation.0;
        let lock = "SELECT user_id, status FROM generation_requests WHERE id = $1 FOR NO KEY UPDATE";
        let Some(row) = self.one(lock, vec![id.into()]).await? else {
            return Ok(None);
        };
        // Read after the wait for the lock: whoever changes an image holds it.
        let image = "SELECT is_public FROM generated_images WHERE generation_id = $1";
        let image = self.one(image, vec![id.into()]).await?;
        Ok(Some(LockedImage {
            owner: UserId(row.get("user_id")?),
            status: row.parsed("status", GenerationStatus::parse)?,
            is_public: image.map_or(Ok(false), |image| image.get("is_public"))?,
        }))
    }

    async fn update_image(
        &mut self,
        generation: GenerationId,
        change: ImageUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let id = generation.0;
        let changes_caption = change.caption.is_some();
        let caption = change.caption.flatten().map(Caption::into_string);
        let values = vec![id.into(), changes_caption.into(), caption.into(), now.into()];
        let request = self
            .one(DESCRIBE, values)
            .await?
            .ok_or_else(|| missing(generation))?;
        let values = vec![id.into(), change.is_public.into(), now.into()];
        if self.run(CHANGE_IMAGE, values).await? != 1 {
            return Err(missing(generation));
        }
        match change.is_public {
            Some(true) => {
                let tags: Vec<String> = request.get("prompt_tags")?;
                let tag_ids: Vec<i64> = self
                    .tag_ids(tags.into_iter().collect())
                    .await?
                    .into_values()
                    .collect();
                let (user, style): (i64, i64) = (request.get("user_id")?, request.get("style_id")?);
                let values = vec![id.into(), user.into(), style.into(), tag_ids.into(), now.into()];
                self.run(SHOW_POST, values).await?;
            }
            Some(false) => {
                self.run(HIDE_POST, vec![id.into()]).await?;
            }
            None => {}
        }
        Ok(())
    }
}

fn missing(generation: GenerationId) -> StorageError {
    StorageError::Other(format!("generation {generation} has no image to describe").into())
}
