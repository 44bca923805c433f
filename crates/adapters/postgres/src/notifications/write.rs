//! Marking notifications as read.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{NotificationId, StorageError, UserId, notifications::Notifications};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, Func},
};

use super::entity::notification::{ActiveModel, Column, Entity};
use crate::{error::storage_error, pool::PgStore};

#[async_trait]
impl Notifications for PgStore {
    /// Keeps the first read time.
    async fn read(
        &self,
        notification: NotificationId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        let first_read = Func::coalesce([Expr::col(Column::ReadAt), Expr::val(now)]);
        let updated = Entity::update_many()
            .set(ActiveModel {
                is_read: Set(true),
                ..Default::default()
            })
            .col_expr(Column::ReadAt, first_read.into())
            .filter(Column::Id.eq(notification.0))
            .filter(Column::UserId.eq(user.0))
            .exec(self.db())
            .await
            .map_err(storage_error)?;
        Ok(updated.rows_affected == 1)
    }

    async fn read_all(&self, user: UserId, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let updated = Entity::update_many()
            .set(ActiveModel {
                is_read: Set(true),
                read_at: Set(Some(now)),
                ..Default::default()
            })
            .filter(Column::UserId.eq(user.0))
            .filter(Column::IsRead.eq(false))
            .exec(self.db())
            .await
            .map_err(storage_error)?;
        Ok(updated.rows_affected)
    }
}
