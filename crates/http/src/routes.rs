//! All routes below `/api`.

use actix_web::{
    App, Error,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    web,
};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin, auth,
    edge::{app::app_with_routes, config::HttpDeps, openapi::document_of},
    generations, notifications, operations, search, social, styles, tokens, users, workers,
};

/// The API with all its routes. `services` registers the services that the handlers extract as `web::Data`.
pub fn app<S>(
    deps: &HttpDeps,
    services: S,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<S>,
>
where
    S: FnOnce(&mut web::ServiceConfig),
{
    app_with_routes(deps, services, configure)
}

/// The OpenAPI document of all routes.
pub fn document() -> OpenApi {
    document_of(configure)
}

/// A literal path (`/users/me`) comes before a pattern that also matches it (`/users/{id}`).
fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(operations::routes::configure)
        .configure(auth::routes::configure)
        .configure(users::routes::configure)
        .configure(tokens::routes::configure)
        .configure(styles::routes::configure)
        .configure(generations::routes::configure)
        .configure(social::routes::configure)
        .configure(search::routes::configure)
        .configure(notifications::routes::configure)
        .configure(admin::routes::configure)
        .configure(workers::routes::configure);
}
