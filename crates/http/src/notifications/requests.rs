//! Query of notifications.

use crate::{
    edge::fields::{OrDefault, TimePage},
    request,
};

request! {
    pub struct NotificationQuery {
        /// `true`: only those not read yet.
        unread_only: OrDefault<bool> = false,
        page: TimePage,
    }
}
