//! Request types of `/api/notifications`.

use crate::{
    edge::fields::{OrDefault, TimePage},
    request,
};

request! {
    pub struct NotificationQuery {
        /// Only unread notifications.
        unread_only: OrDefault<bool> = false,
        page: TimePage,
    }
}
