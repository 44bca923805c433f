//! Extractors. Each reports all field errors of a request together.

mod id;
mod json;
mod query;
mod upload;

pub use id::{Id, RowId};
pub use json::JsonBody;
pub use query::FromQuery;
pub use upload::read_upload;
