//! Marking notifications as read.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{NotificationId, StorageError, UserId, notifications::Notifications};

use crate::pool::PgStore;

#[async_trait]
impl Notifications for PgStore {
    async fn read(
        &self,
        notification: NotificationId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        let sql = "
            UPDATE notifications SET is_read = true, read_at = COALESCE(read_at, $3) WHERE id = $1 AND user_id = $2";
        let values = vec![notification.0.into(), user.0.into(), now.into()];
        Ok(self.write(sql, values).await? == 1)
    }

    async fn read_all(&self, user: UserId, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let sql = "UPDATE notifications SET is_read = true, read_at = $2 WHERE user_id = $1 AND NOT is_read";
        self.write(sql, vec![user.0.into(), now.into()]).await
    }
}
