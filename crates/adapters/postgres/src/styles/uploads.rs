//! Uploads in progress.

use async_trait::async_trait;
use domain::{
    StorageError,
    styles::{NewUpload, Uploads},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::unit_of_work::PgUnitOfWork;
use crate::{entities::upload, error::storage_error};

#[async_trait]
impl Uploads for PgUnitOfWork {
    async fn begin(&mut self, upload: NewUpload) -> Result<(), StorageError> {
        let row = upload::ActiveModel {
            id: Set(upload.id),
            owner_id: Set(Some(upload.owner.0)),
            prefix: Set(upload.prefix),
            created_at: Set(upload.now),
        };
        upload::Entity::insert(row)
            .exec_without_returning(&self.tx)
            .await
            .map_err(storage_error)?;
        Ok(())
    }

    /// The sweep takes an upload from its owner before it deletes the first object, so an upload without an owner has
    /// no objects any more.
    async fn finish(&mut self, id: Uuid) -> Result<bool, StorageError> {
        let deleted = upload::Entity::delete_many()
            .filter(upload::Column::Id.eq(id))
            .filter(upload::Column::OwnerId.is_not_null())
            .exec(&self.tx)
            .await
            .map_err(storage_error)?;
        Ok(deleted.rows_affected == 1)
    }
}
