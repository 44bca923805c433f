//! The routes below `/api`, one file per resource.

mod admin;
mod auth;
mod browser;
mod community;
mod documented;
mod failures;
mod follows;
mod generations;
mod health;
mod notifications;
mod payments;
mod search;
mod styles;
mod tokens;
mod users;
mod webhooks;

use utoipa_actix_web::service_config::ServiceConfig;

pub use webhooks::WorkerAccess;

/// Registers every route. Paths are relative to `/api`; a literal path (`/users/me`) goes before a pattern that also
/// matches it (`/users/{id}`).
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(health::configure)
        .configure(auth::configure)
        .configure(follows::configure)
        .configure(users::configure)
        .configure(tokens::configure)
        .configure(styles::configure)
        .configure(generations::configure)
        .configure(community::configure)
        .configure(search::configure)
        .configure(notifications::configure)
        .configure(payments::configure)
        .configure(admin::configure)
        .configure(webhooks::configure);
}
