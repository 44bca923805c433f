//! Extractors of requests. Each reports all faults of a request at once.

mod data_url;
mod id;
mod json;
mod query;

pub use data_url::{read_data_url, read_json_with_file};
pub use id::{Id, RowId};
pub use json::{JsonBody, read_json};
pub use query::{FromQuery, PageOf, PageParams};
