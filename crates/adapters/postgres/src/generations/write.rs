//! Changes of generations by their owner.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    GenerationId, ObjectAddress, StorageError,
    generations::{Caption, GeneratedImage, GenerationRequest, Generations, ImageUpdate},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, LockType},
};

use super::entity::{generation, image, read_generation};
use crate::{error::storage_error, social::entity::post, unit_of_work::PgUnitOfWork};

/// The first publication sets `created_at`; the post may exist already, with likes and comments of its owner on the
/// private image. Later ones keep its age, likes and comments. SQL because the update depends on the existing row.
const SHOW_POST: &str = "
INSERT INTO community_posts AS p (generation_id, user_id, style_id, tag_ids, visible, created_at)
VALUES ($1, $2, $3, $4, true, $5)
ON CONFLICT (generation_id) DO UPDATE
   SET visible = true, published = true, tag_ids = EXCLUDED.tag_ids,
       created_at = CASE WHEN p.published THEN p.created_at ELSE EXCLUDED.created_at END";

#[async_trait]
impl Generations for PgUnitOfWork {
    async fn lock(
        &mut self,
        id: GenerationId,
    ) -> Result<Option<(GenerationRequest, Option<GeneratedImage>)>, StorageError> {
        let lock = generation::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate);
        let row = self.tx.query_one_raw(lock.build(DbBackend::Postgres)).await;
        let Some(row) = row.map_err(storage_error)? else {
            return Ok(None);
        };
        // A separate statement, so that it sees what the previous holder of the lock committed.
        let image = image::Entity::find_by_id(id.0).one(&self.tx).await;
        let image = image.map_err(storage_error)?.map(|image| GeneratedImage {
            object: ObjectAddress::new(image.bucket, image.object_key),
            is_public: image.is_public,
        });
        Ok(Some((read_generation(&row)?, image)))
    }

    async fn update_image(
        &mut self,
        id: GenerationId,
        change: ImageUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let generation = self.update_generation(id, change.caption, now).await?;
        let mut row = image::ActiveModel {
            updated_at: Set(now),
            ..Default::default()
        };
        if let Some(is_public) = change.is_public {
            row.is_public = Set(is_public);
        }
        let update = image::Entity::update_many()
            .set(row)
            .filter(image::Column::GenerationId.eq(id.0));
        if update.exec(&self.tx).await.map_err(storage_error)?.rows_affected != 1 {
            return Err(missing(id));
        }
        match change.is_public {
            Some(true) => self.show_post(generation, now).await,
            Some(false) => self.hide_post(id).await,
            None => Ok(()),
        }
    }
}

impl PgUnitOfWork {
    async fn update_generation(
        &self,
        id: GenerationId,
        caption: Option<Option<Caption>>,
        now: DateTime<Utc>,
    ) -> Result<generation::Model, StorageError> {
        let mut row = generation::ActiveModel {
            updated_at: Set(now),
            ..Default::default()
        };
        if let Some(caption) = caption {
            row.description = Set(caption.map(Caption::into_string));
        }
        let update = generation::Entity::update_many()
            .set(row)
            .col_expr(
                generation::Column::Version,
                Expr::col(generation::Column::Version).add(1_i64),
            )
            .filter(generation::Column::Id.eq(id.0));
        let updated = update
            .exec_with_returning(&self.tx)
            .await
            .map_err(storage_error)?;
        updated.into_iter().next().ok_or_else(|| missing(id))
    }

    async fn show_post(&self, generation: generation::Model, now: DateTime<Utc>) -> Result<(), StorageError> {
        let tags = self.tag_ids(generation.prompt_tags.into_iter().collect()).await?;
        let values = vec![
            generation.id.into(),
            generation.user_id.into(),
            generation.style_id.into(),
            tags.into_values().collect::<Vec<i64>>().into(),
            now.into(),
        ];
        self.run(SHOW_POST, values).await.map(drop)
    }

    async fn hide_post(&self, id: GenerationId) -> Result<(), StorageError> {
        let update = post::Entity::update_many()
            .set(post::ActiveModel {
                visible: Set(false),
                ..Default::default()
            })
            .filter(post::Column::GenerationId.eq(id.0));
        update.exec(&self.tx).await.map(drop).map_err(storage_error)
    }
}

fn missing(id: GenerationId) -> StorageError {
    StorageError::Other(format!("generation {id} has no image to update").into())
}
