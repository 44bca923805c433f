//! Request types of `/api/search`.

use domain::{
    page::PageSize,
    search::{SearchScope, SearchText},
};

use crate::{edge::fields::OrDefault, request};

request! {
    pub struct SearchQuery {
        /// Matches a substring of a name or tag, ignoring case. A text of less than three characters matches a prefix.
        text as "q": SearchText = "harbour",
        /// Types of the results.
        scope as "type": OrDefault<SearchScope> = "all",
        /// Maximum number of results of each type.
        limit: OrDefault<PageSize>,
    }
}
