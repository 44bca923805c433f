//! The REST API of Style License.
//!
//! Every subject (`styles`, `tokens`, …) has a module with its `routes`, `requests`, `responses` and `errors`. [`edge`]
//! contains the code that all routes share. [`app`] combines them. Its middlewares, from the outermost: request span, trace
//! id, security headers, error bodies, CORS, rejection of encoded bodies, host check, route guard (404 and 405 before the
//! body is read), session, CSRF.
//!
//! # Adding a route
//!
//! 1. `<subject>/responses.rs`: the response body. `<subject>/requests.rs`: the query or request body; the struct is both
//!    the parser and the documentation.
//! 2. `<subject>/routes.rs`: the handler. List all its error codes in `responses(…)`, and register it in `configure`. A
//!    literal path comes before a pattern that also matches it.
//! 3. `<subject>/errors.rs`: maps the errors of the use case to error codes.
//!
//! Tests fail until every documented response has a test, and until the tour and `docs/openapi.json` include the route. See
//! `docs/contributing.md`.
//!
//! ```
//! use actix_web::{HttpResponse, get};
//! use serde::Serialize;
//! use stylelicense_http::edge::{
//!     envelope::{Envelope, ok},
//!     error::ApiError,
//!     session::SignedIn,
//! };
//! use utoipa::ToSchema;
//! use utoipa_actix_web::service_config::ServiceConfig;
//!
//! #[derive(Serialize, ToSchema)]
//! struct Greeting {
//!     #[schema(example = 7)]
//!     user_id: i64,
//! }
//!
//! /// Greets the user.
//! #[utoipa::path(tag = "users", operation_id = "get_greeting", security(("session" = [])), responses(
//!     (status = 200, body = Envelope<Greeting>)))]
//! #[get("/users/me/greeting")]
//! async fn greeting(caller: SignedIn) -> Result<HttpResponse, ApiError> {
//!     Ok(ok(Greeting { user_id: caller.user.0 }))
//! }
//!
//! fn configure(config: &mut ServiceConfig<'_>) {
//!     config.service(greeting);
//! }
//! ```

mod admin;
mod auth;
pub mod edge;
mod generations;
mod notifications;
mod operations;
mod routes;
mod search;
mod social;
mod styles;
mod tokens;
mod users;
mod workers;

pub use edge::{
    app::app_with_routes,
    config::{self, HttpConfig, HttpDeps},
    net,
};
pub use routes::{app, document};
pub use workers::WorkerAccess;
