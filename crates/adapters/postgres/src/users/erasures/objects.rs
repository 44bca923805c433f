//! Stored objects of an account. SQL because of unions and joins.

use domain::{GenerationId, StorageError, StyleId, UserId, users::OwnedObjects};

use crate::row::ReadRow;
use crate::users::erasures::PgUnitOfWork;

const STORED: &str = "
SELECT bucket, key FROM (
  SELECT profile_image_bucket AS bucket, profile_image_key AS key FROM user_profiles WHERE user_id = $1
  UNION ALL
  SELECT signature_bucket, signature_key FROM artists WHERE user_id = $1
  UNION ALL
  SELECT thumbnail_bucket, thumbnail_key FROM style_models WHERE artist_id = $1
  UNION ALL
  SELECT model_bucket, model_key FROM style_models WHERE artist_id = $1
  UNION ALL
  SELECT i.bucket, i.key FROM training_images i JOIN style_models m ON m.id = i.style_id WHERE m.artist_id = $1
  UNION ALL
  SELECT i.thumbnail_bucket, i.thumbnail_key
    FROM training_images i JOIN style_models m ON m.id = i.style_id WHERE m.artist_id = $1
  UNION ALL
  SELECT i.bucket, i.object_key
    FROM generated_images i JOIN generation_requests g ON g.id = i.generation_id WHERE g.user_id = $1) AS objects
 WHERE key IS NOT NULL";

const UNFINISHED_IMAGES: &str = "
SELECT id, result_key FROM generation_requests WHERE user_id = $1 AND status IN ('failed', 'canceled')";

/// The worker of a failed training may still store a model.
const UNTRAINED_STYLES: &str = "
SELECT id FROM style_models WHERE artist_id = $1 AND training_status <> 'completed'";

impl PgUnitOfWork {
    pub(crate) async fn owned_objects(&self, user: UserId) -> Result<OwnedObjects, StorageError> {
        let values = || vec![user.0.into()];
        let stored = self.all(STORED, values()).await?;
        let images = self.all(UNFINISHED_IMAGES, values()).await?;
        let styles = self.all(UNTRAINED_STYLES, values()).await?;
        Ok(OwnedObjects {
            stored: stored
                .iter()
                .map(|row| row.object("bucket", "key"))
                .collect::<Result<_, _>>()?,
            unfinished_images: images
                .iter()
                .map(|row| Ok((GenerationId(row.get("id")?), row.get("result_key")?)))
                .collect::<Result<_, StorageError>>()?,
            untrained_styles: styles
                .iter()
                .map(|row| row.get("id").map(StyleId))
                .collect::<Result<_, _>>()?,
        })
    }
}
