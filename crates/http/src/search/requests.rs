//! The query of a search.

use domain::{
    page::PageSize,
    search::{SearchScope, SearchText},
};

use crate::{edge::fields::OrDefault, request};

request! {
    pub struct SearchQuery {
        /// Found anywhere in a name or a tag whatever its case; under three characters at the beginning only.
        text as "q": SearchText = "harbour",
        /// What is searched.
        scope as "type": OrDefault<SearchScope> = "all",
        /// Most results of each kind.
        limit: OrDefault<PageSize>,
    }
}
