//! Styles and their images.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, StyleId, TaskId, UserId,
    styles::{
        LicenseKind, LockedArtist, LockedStyle, NewStyle, NewTrainingImage, StyleDescription, StyleUpdate,
        Styles, TagName, TrainingEvent, TrainingStatus,
    },
};

use crate::row::ReadRow;
use crate::unit_of_work::PgUnitOfWork;

const INSERT_STYLE: &str = "
INSERT INTO style_models (artist_id, name, description, generation_cost_tokens, license_type, valid_from,
  training_status, artwork_count, thumbnail_bucket, thumbnail_key, task_id, last_heartbeat_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $6, $6, $6)
ON CONFLICT (artist_id, lower(name)) DO NOTHING
RETURNING id";

const INSERT_DATASET: &str = "
INSERT INTO training_datasets (style_id, upload_id, image_count, total_bytes, created_at)
VALUES ($1, $2, $3, $4, $5)";

const INSERT_IMAGES: &str = "
INSERT INTO training_images (style_id, position, bucket, key, width, height, size_bytes, content_type,
  thumbnail_bucket, thumbnail_key)
SELECT $1, image.position - 1, image.bucket, image.key, image.width, image.height, image.size_bytes,
       image.content_type, NULLIF(image.thumbnail_bucket, ''), NULLIF(image.thumbnail_key, '')
  FROM unnest($2::text[], $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::text[], $8::text[], $9::text[])
       WITH ORDINALITY AS image (bucket, key, width, height, size_bytes, content_type, thumbnail_bucket,
         thumbnail_key, position)";

const INSERT_STYLE_TAGS: &str = "
INSERT INTO style_tags (style_id, tag_id) SELECT $1, unnest($2::bigint[])";

const INSERT_IMAGE_TAGS: &str = "
INSERT INTO training_image_tags (image_id, tag_id)
SELECT i.id, pair.tag_id
  FROM unnest($2::integer[], $3::bigint[]) AS pair (position, tag_id)
  JOIN training_images i ON i.style_id = $1 AND i.position = pair.position";

const RESTART_TRAINING: &str = "
UPDATE style_models
   SET training_status = 'pending', attempt = 1, task_id = $2, taken_at = NULL, progress = NULL, error_code = NULL,
       error_message = NULL, version = version + 1, last_heartbeat_at = $3, updated_at = $3
 WHERE id = $1 AND training_status = ANY ($4)";

const LOCK_STYLE: &str = "
SELECT artist_id, training_status, attempt, valid_from,
       is_active AND NOT is_flagged AND training_status = 'completed' AS is_offered
  FROM style_models WHERE id = $1 FOR NO KEY UPDATE";

const CHANGE_STYLE: &str = "
UPDATE style_models
   SET description = COALESCE($2::text, description), generation_cost_tokens = COALESCE($3::bigint, generation_cost_tokens),
       is_active = COALESCE($4::boolean, is_active), license_type = COALESCE($5::text, license_type),
       valid_to = CASE WHEN $6 THEN $7::timestamptz ELSE valid_to END, version = version + 1, updated_at = $8
 WHERE id = $1";

#[async_trait]
impl Styles for PgUnitOfWork {
    async fn lock_artist(&mut self, artist: UserId) -> Result<Option<LockedArtist>, StorageError> {
        let lock = "SELECT user_id FROM artists WHERE user_id = $1 FOR NO KEY UPDATE";
        if self.one(lock, vec![artist.0.into()]).await?.is_none() {
            return Ok(None);
        }
        // Counted after the wait for the lock, by a statement of its own: it sees what the other upload committed.
        let count = "SELECT count(*) AS unfailed FROM style_models WHERE artist_id = $1 AND training_status <> 'failed'";
        let row = self.one(count, vec![artist.0.into()]).await?;
        let unfailed_styles = row.map_or(Ok(0), |row| row.get("unfailed"))?;
        Ok(Some(LockedArtist { unfailed_styles }))
    }

    async fn insert(&mut self, style: NewStyle) -> Result<Option<StyleId>, StorageError> {
        let values = vec![
            style.artist.0.into(),
            style.name.as_str().into(),
            style.description.as_str().into(),
            style.price.tokens().get().into(),
            style.license.as_str().into(),
            style.now.into(),
            count(style.images.len())?.into(),
            style.thumbnail.bucket.as_str().into(),
            style.thumbnail.key.as_str().into(),
            style.task_id.0.into(),
        ];
        let Some(row) = self.one(INSERT_STYLE, values).await? else {
            return Ok(None);
        };
        let id = StyleId(row.get("id")?);
        self.insert_dataset(id, &style).await?;
        self.insert_images(id, &style.images).await?;
        self.insert_tags(id, &style).await?;
        Ok(Some(id))
    }

    async fn lock(&mut self, style: StyleId) -> Result<Option<LockedStyle>, StorageError> {
        let Some(row) = self.one(LOCK_STYLE, vec![style.0.into()]).await? else {
            return Ok(None);
        };
        Ok(Some(LockedStyle {
            artist: UserId(row.get("artist_id")?),
            status: row.parsed("training_status", TrainingStatus::parse)?,
            attempt: row.attempt("attempt")?,
            is_offered: row.get("is_offered")?,
            valid_from: row.get("valid_from")?,
        }))
    }

    async fn change(
        &mut self,
        style: StyleId,
        change: StyleUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let values = vec![
            style.0.into(),
            change.description.map(StyleDescription::into_string).into(),
            change.price.map(|price| price.tokens().get()).into(),
            change.is_active.into(),
            change.license.map(LicenseKind::as_str).into(),
            change.valid_to.is_some().into(),
            change.valid_to.flatten().into(),
            now.into(),
        ];
        match self.run(CHANGE_STYLE, values).await? {
            1 => Ok(()),
            _ => Err(StorageError::Other(
                format!("style {style} is not there to change").into(),
            )),
        }
    }

    async fn restart_training(
        &mut self,
        style: StyleId,
        task_id: TaskId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let states: Vec<String> = TrainingStatus::allowing(TrainingEvent::OwnerRetry)
            .into_iter()
            .map(str::to_owned)
            .collect();
        let values = vec![style.0.into(), task_id.0.into(), now.into(), states.into()];
        match self.run(RESTART_TRAINING, values).await? {
            1 => Ok(()),
            _ => Err(StorageError::Other(
                format!("style {style} has not failed, its training does not start anew").into(),
            )),
        }
    }
}

impl PgUnitOfWork {
    async fn insert_dataset(&self, id: StyleId, style: &NewStyle) -> Result<(), StorageError> {
        let mut total_bytes: i64 = 0;
        for image in &style.images {
            total_bytes += whole::<_, i64>(image.bytes)?;
        }
        let values = vec![
            id.0.into(),
            style.upload_id.into(),
            count(style.images.len())?.into(),
            total_bytes.into(),
            style.now.into(),
        ];
        self.run(INSERT_DATASET, values).await?;
        Ok(())
    }

    async fn insert_images(&self, id: StyleId, images: &[NewTrainingImage]) -> Result<(), StorageError> {
        let texts = |text: fn(&NewTrainingImage) -> &str| -> Vec<String> {
            images.iter().map(|image| text(image).to_owned()).collect()
        };
        // An array of the driver's has no nulls: an empty text stands for no sample.
        let samples = |part: fn(&ObjectAddress) -> &str| -> Vec<String> {
            let samples = images.iter().map(|image| image.sample.as_ref());
            samples
                .map(|sample| sample.map_or_else(String::new, |sample| part(sample).to_owned()))
                .collect()
        };
        let sides = |side: fn(&NewTrainingImage) -> u32| -> Result<Vec<i32>, StorageError> {
            images.iter().map(|image| whole(side(image))).collect()
        };
        let bytes = images
            .iter()
            .map(|image| whole(image.bytes))
            .collect::<Result<Vec<i64>, _>>()?;
        let values = vec![
            id.0.into(),
            texts(|image| &image.object.bucket).into(),
            texts(|image| &image.object.key).into(),
            sides(|image| image.width)?.into(),
            sides(|image| image.height)?.into(),
            bytes.into(),
            texts(|image| image.content_type).into(),
            samples(|sample| &sample.bucket).into(),
            samples(|sample| &sample.key).into(),
        ];
        self.run(INSERT_IMAGES, values).await?;
        Ok(())
    }

    async fn insert_tags(&self, id: StyleId, style: &NewStyle) -> Result<(), StorageError> {
        let of_style: BTreeSet<String> = names(&style.tags).collect();
        let of_images = style.images.iter().flat_map(|image| names(&image.tags));
        let ids = self
            .tag_ids(of_style.iter().cloned().chain(of_images).collect())
            .await?;
        let style_tags: Vec<i64> = of_style
            .iter()
            .filter_map(|name| ids.get(name).copied())
            .collect();
        self.run(INSERT_STYLE_TAGS, vec![id.0.into(), style_tags.into()])
            .await?;
        let (positions, tags) = image_tags(&style.images, &ids)?;
        self.run(
            INSERT_IMAGE_TAGS,
            vec![id.0.into(), positions.into(), tags.into()],
        )
        .await?;
        Ok(())
    }
}

fn names(tags: &[TagName]) -> impl Iterator<Item = String> {
    tags.iter().map(|tag| tag.as_str().to_owned())
}

/// Pairs of an image's position and the id of one of its tags, each pair once.
fn image_tags(
    images: &[NewTrainingImage],
    ids: &BTreeMap<String, i64>,
) -> Result<(Vec<i32>, Vec<i64>), StorageError> {
    let mut pairs = BTreeSet::new();
    for (index, image) in images.iter().enumerate() {
        let position: i32 = whole(index)?;
        pairs.extend(names(&image.tags).filter_map(|name| ids.get(&name).map(|tag| (position, *tag))));
    }
    Ok(pairs.into_iter().unzip())
}

fn count(length: usize) -> Result<i32, StorageError> {
    whole(length)
}

/// A number as the column's type has it.
fn whole<T, U: TryFrom<T>>(number: T) -> Result<U, StorageError>
where
    U::Error: std::error::Error + Send + Sync + 'static,
{
    U::try_from(number).map_err(|error| StorageError::Other(Box::new(error)))
}
