//! Writes of styles and their images.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError, StyleId, TaskId, UserId,
    styles::{
        NewStyle, StyleModel, StyleUpdate, Styles, TagName, TrainingEvent, TrainingImage, TrainingStatus,
    },
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait, TryInsertResult,
    sea_query::{Expr, Func, LockType, OnConflict},
};

use super::entity::{dataset, read_style, style, style_tag, training_image, training_image_tag};
use crate::{
    error::storage_error, styles::trainings::allowing, unit_of_work::PgUnitOfWork, users::entity::artist,
};

/// SQL because it is a guarded transition.
const RESTART_TRAINING: &str = "
UPDATE style_models
   SET training_status = 'pending', attempt = 1, task_id = $2, taken_at = NULL, progress = NULL, error_code = NULL,
       error_message = NULL, version = version + 1, last_heartbeat_at = $3, updated_at = $3
 WHERE id = $1 AND training_status = ANY ($4)";

#[async_trait]
impl Styles for PgUnitOfWork {
    async fn lock_artist(&mut self, artist: UserId) -> Result<Option<i64>, StorageError> {
        let lock = artist::Entity::find_by_id(artist.0).lock(LockType::NoKeyUpdate);
        if lock.one(&self.tx).await.map_err(storage_error)?.is_none() {
            return Ok(None);
        }
        // A separate statement after the lock, so that it sees what a concurrent upload committed.
        let count = style::Entity::find()
            .filter(style::Column::ArtistId.eq(artist.0))
            .filter(style::Column::TrainingStatus.ne(TrainingStatus::Failed.as_str()))
            .count(&self.tx)
            .await
            .map_err(storage_error)?;
        number(count).map(Some)
    }

    async fn insert(&mut self, style: NewStyle) -> Result<Option<StyleId>, StorageError> {
        let row = style::ActiveModel {
            artist_id: Set(style.artist.0),
            name: Set(style.draft.name.as_str().to_owned()),
            description: Set(style.draft.description.as_str().to_owned()),
            generation_cost_tokens: Set(style.draft.price.tokens().get()),
            license_type: Set(style.draft.license.as_str().to_owned()),
            valid_from: Set(style.now),
            training_status: Set(TrainingStatus::Pending.as_str().to_owned()),
            artwork_count: Set(number(style.dataset.images.len())?),
            thumbnail_bucket: Set(Some(style.thumbnail.bucket.clone())),
            thumbnail_key: Set(Some(style.thumbnail.key.clone())),
            task_id: Set(style.task_id.0),
            last_heartbeat_at: Set(style.now),
            created_at: Set(style.now),
            updated_at: Set(style.now),
            ..Default::default()
        };
        let same_name = OnConflict::column(style::Column::ArtistId)
            .expr(Func::lower(Expr::col(style::Column::Name)))
            .do_nothing()
            .to_owned();
        let insert = style::Entity::insert(row).on_conflict(same_name).try_insert();
        let TryInsertResult::Inserted(inserted) = insert.exec(&self.tx).await.map_err(storage_error)? else {
            return Ok(None);
        };
        let id = StyleId(inserted.last_insert_id);
        self.insert_dataset(id, &style).await?;
        let images = self.insert_images(id, &style.dataset.images).await?;
        self.insert_tags(id, &style, &images).await?;
        Ok(Some(id))
    }

    async fn lock(&mut self, style: StyleId) -> Result<Option<StyleModel>, StorageError> {
        let lock = style::Entity::find_by_id(style.0).lock(LockType::NoKeyUpdate);
        let row = self.tx.query_one_raw(lock.build(DbBackend::Postgres)).await;
        row.map_err(storage_error)?.as_ref().map(read_style).transpose()
    }

    async fn change(
        &mut self,
        style: StyleId,
        change: StyleUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let mut row = style::ActiveModel {
            updated_at: Set(now),
            ..Default::default()
        };
        if let Some(description) = change.description {
            row.description = Set(description.into_string());
        }
        if let Some(price) = change.price {
            row.generation_cost_tokens = Set(price.tokens().get());
        }
        if let Some(is_active) = change.is_active {
            row.is_active = Set(is_active);
        }
        if let Some(license) = change.license {
            row.license_type = Set(license.as_str().to_owned());
        }
        if let Some(valid_to) = change.valid_to {
            row.valid_to = Set(valid_to);
        }
        let update = style::Entity::update_many()
            .set(row)
            .col_expr(
                style::Column::Version,
                Expr::col(style::Column::Version).add(1_i64),
            )
            .filter(style::Column::Id.eq(style.0));
        match update.exec(&self.tx).await.map_err(storage_error)?.rows_affected {
            1 => Ok(()),
            _ => Err(StorageError::Other(
                format!("there is no style {style} to change").into(),
            )),
        }
    }

    async fn restart_training(
        &mut self,
        style: StyleId,
        task_id: TaskId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let values = vec![
            style.0.into(),
            task_id.0.into(),
            now.into(),
            allowing(TrainingEvent::OwnerRetry),
        ];
        match self.run(RESTART_TRAINING, values).await? {
            1 => Ok(()),
            _ => Err(StorageError::Other(
                format!("style {style} has not failed, so its training cannot restart").into(),
            )),
        }
    }
}

impl PgUnitOfWork {
    /// Withdraws the active styles of an artist whose account is deactivated.
    pub(crate) async fn withdraw_styles(
        &self,
        artist: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let styles = style::Entity::update_many()
            .set(style::ActiveModel {
                is_active: Set(false),
                updated_at: Set(now),
                ..Default::default()
            })
            .col_expr(
                style::Column::Version,
                Expr::col(style::Column::Version).add(1_i64),
            )
            .filter(style::Column::ArtistId.eq(artist.0))
            .filter(style::Column::IsActive.eq(true));
        styles.exec(&self.tx).await.map(drop).map_err(storage_error)
    }

    async fn insert_dataset(&self, id: StyleId, style: &NewStyle) -> Result<(), StorageError> {
        let total_bytes: u64 = style.dataset.images.iter().map(|image| image.bytes).sum();
        let row = dataset::ActiveModel {
            style_id: Set(id.0),
            upload_id: Set(style.dataset.upload_id),
            image_count: Set(number(style.dataset.images.len())?),
            total_bytes: Set(number(total_bytes)?),
            created_at: Set(style.now),
        };
        let insert = dataset::Entity::insert(row).exec_without_returning(&self.tx);
        insert.await.map(drop).map_err(storage_error)
    }

    async fn insert_images(
        &self,
        id: StyleId,
        images: &[TrainingImage],
    ) -> Result<Vec<training_image::Model>, StorageError> {
        let mut rows = Vec::with_capacity(images.len());
        for (position, image) in images.iter().enumerate() {
            let sample = image.sample.as_ref();
            rows.push(training_image::ActiveModel {
                style_id: Set(id.0),
                position: Set(number(position)?),
                bucket: Set(image.object.bucket.clone()),
                key: Set(image.object.key.clone()),
                width: Set(number(image.width)?),
                height: Set(number(image.height)?),
                size_bytes: Set(number(image.bytes)?),
                content_type: Set(image.content_type.to_owned()),
                thumbnail_bucket: Set(sample.map(|sample| sample.bucket.clone())),
                thumbnail_key: Set(sample.map(|sample| sample.key.clone())),
                ..Default::default()
            });
        }
        let insert = training_image::Entity::insert_many(rows).exec_with_returning(&self.tx);
        insert.await.map_err(storage_error)
    }

    async fn insert_tags(
        &self,
        id: StyleId,
        style: &NewStyle,
        images: &[training_image::Model],
    ) -> Result<(), StorageError> {
        let of_style: BTreeSet<String> = names(&style.tags).collect();
        let of_images = style.dataset.images.iter().flat_map(|image| names(&image.tags));
        let ids = self
            .tag_ids(of_style.iter().cloned().chain(of_images).collect())
            .await?;
        let style_tags = of_style
            .iter()
            .filter_map(|name| ids.get(name))
            .map(|tag| style_tag::ActiveModel {
                style_id: Set(id.0),
                tag_id: Set(*tag),
            });
        let insert = style_tag::Entity::insert_many(style_tags).exec_without_returning(&self.tx);
        insert.await.map_err(storage_error)?;
        let image_tags = image_tags(&style.dataset.images, images, &ids)
            .into_iter()
            .map(|(image, tag)| training_image_tag::ActiveModel {
                image_id: Set(image),
                tag_id: Set(tag),
            });
        let insert = training_image_tag::Entity::insert_many(image_tags).exec_without_returning(&self.tx);
        insert.await.map(drop).map_err(storage_error)
    }
}

fn names(tags: &[TagName]) -> impl Iterator<Item = String> {
    tags.iter().map(|tag| tag.as_str().to_owned())
}

/// Distinct pairs of an image id and a tag id.
fn image_tags(
    images: &[TrainingImage],
    rows: &[training_image::Model],
    ids: &BTreeMap<String, i64>,
) -> BTreeSet<(i64, i64)> {
    let mut pairs = BTreeSet::new();
    for row in rows {
        let image = usize::try_from(row.position)
            .ok()
            .and_then(|index| images.get(index));
        let tags = image.into_iter().flat_map(|image| names(&image.tags));
        pairs.extend(tags.filter_map(|name| ids.get(&name).map(|tag| (row.id, *tag))));
    }
    pairs
}

/// Converts a number to the type of its column.
fn number<T, U: TryFrom<T>>(number: T) -> Result<U, StorageError>
where
    U::Error: std::error::Error + Send + Sync + 'static,
{
    U::try_from(number).map_err(|error| StorageError::Other(Box::new(error)))
}
