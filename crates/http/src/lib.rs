//! The REST API of Style License.
//!
//! Every subject (`styles`, `tokens`, …) has a module with its `routes`, `requests`, `responses` and `errors`; [`edge`]
//! holds what all routes share. [`app`] puts them together. Its layers, from the outside in: request span, trace id,
//! security headers, error bodies, CORS, refusal of encoded bodies, host check, route guard (404 and 405 before anything
//! is read), session, CSRF, routes.

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
