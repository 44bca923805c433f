//! Notifications of users.

use std::sync::Arc;

use domain::{
    NotificationId, StorageError, UserId,
    clock::Clock,
    notifications::{NotificationQueries, NotificationView, Notifications},
    page::{Page, PageRequest},
};

/// A page of notifications, and the number of all unread ones.
#[derive(Debug)]
pub struct NotificationList {
    pub page: Page<NotificationView>,
    pub unread_count: i64,
}

/// Reads notifications and marks them as read.
#[derive(Clone)]
pub struct NotificationService {
    pub notifications: Arc<dyn Notifications>,
    pub queries: Arc<dyn NotificationQueries>,
    pub clock: Arc<dyn Clock>,
}

impl NotificationService {
    /// A page, newest first.
    pub async fn inbox(
        &self,
        user: UserId,
        unread_only: bool,
        page: PageRequest,
    ) -> Result<NotificationList, StorageError> {
        Ok(NotificationList {
            page: self.queries.notifications(user, unread_only, page).await?,
            unread_count: self.queries.unread_count(user).await?,
        })
    }

    /// Marks a notification as read. False when the user has no such notification.
    pub async fn read(&self, notification: NotificationId, user: UserId) -> Result<bool, StorageError> {
        self.notifications
            .read(notification, user, self.clock.now())
            .await
    }

    /// Marks all as read. Returns how many were unread.
    pub async fn read_all(&self, user: UserId) -> Result<u64, StorageError> {
        self.notifications.read_all(user, self.clock.now()).await
    }
}
