//! What crosses subjects: every route of the OpenAPI document, whatever it does.

pub mod answers;
pub mod authorization;
mod browser;
mod clients;
mod connections;
mod csrf_cors;
mod language;
mod paging;
mod routes;
mod statements;
