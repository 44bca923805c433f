//! Accounts: profiles, pictures, upgrade to artist, deactivation and deletion.

mod answers;
mod deactivated;
mod deleted;
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

/// Updates the own account by form.
async fn patch_form(user: &Client, form: Form) -> Answer {
    user.send(user.request(Method::PATCH, ME).multipart(form)).await
}

/// The path of the user's public profile.
async fn profile_path(user: &Client) -> String {
    format!("/api/users/{}", user.me().await["id"])
}

/// Waits until all due deletions of objects are done.
async fn until_objects_deleted(platform: &Platform) {
    platform
        .until_count(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'storage_delete' AND available_at <= now()",
            0,
        )
        .await;
}
