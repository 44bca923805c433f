//! Accounts: profiles, pictures, upgrade to artist, deactivation and deletion.

mod answers;
mod deactivated;
mod erased;
mod follows;
mod interrupted;
mod outage;
mod picture;
mod profile;
mod upgrade;

use reqwest::{Method, multipart::Form};
use testkit::client::{Answer, Client};

use crate::support::Platform;

const ME: &str = "/api/users/me";

/// A form sent to one's own account.
async fn patch_form(user: &Client, form: Form) -> Answer {
    user.send(user.request(Method::PATCH, ME).multipart(form)).await
}

/// The path of somebody's public profile.
async fn profile_path(user: &Client) -> String {
    format!("/api/users/{}", user.me().await["id"])
}

/// Waits until nothing is left to be removed now.
async fn until_objects_deleted(platform: &Platform) {
    platform
        .until_count(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'storage_delete' AND available_at <= now()",
            0,
        )
        .await;
}
