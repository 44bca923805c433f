//! Uploads in progress.

use async_trait::async_trait;
use domain::{
    StorageError,
    styles::{NewUpload, Uploads},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::entity::upload;
use crate::{error::storage_error, unit_of_work::PgUnitOfWork};

#[async_trait]
impl Uploads for PgUnitOfWork {
    async fn begin(&mut self, upload: NewUpload) -> Result<(), StorageError> {
        let row = upload::ActiveModel {
            id: Set(upload.id),
            owner_id: Set(Some(upload.owner.0)),
            prefix: Set(upload.prefix),
            created_at: Set(upload.now),
        };
        let insert = upload::Entity::insert(row).exec_without_returning(&self.tx);
        insert.await.map(drop).map_err(storage_error)
    }

    /// The retention job clears the owner before it deletes the first object, so the objects of an upload without an
    /// owner may be deleted.
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
