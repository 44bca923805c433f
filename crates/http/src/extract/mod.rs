//! Reading requests: every reader gathers all faults before it refuses.

mod data_url;
mod fields;
mod id;
mod json;
mod lists;
mod query;
mod source;

pub use data_url::{read_data_url, read_json_with_file};
pub use fields::{Fields, FromFields};
pub use id::{Id, RowId};
pub use json::{JsonBody, MAX_JSON_BYTES, MediaType, media_type, read_json};

pub(crate) use json::{content_length, read_body};
pub use query::{FromQuery, PageOf, PageParams};
