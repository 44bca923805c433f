//! Search of styles and artists.

use std::sync::Arc;

use domain::{
    StorageError,
    page::PageSize,
    search::{FoundArtist, FoundStyle, SearchQueries, SearchScope, SearchText},
};

#[derive(Debug, Default)]
pub struct SearchHits {
    /// Styles, most used first.
    pub styles: Vec<FoundStyle>,
    /// Artists, most followed first.
    pub artists: Vec<FoundArtist>,
}

/// Searches styles and artists.
#[derive(Clone)]
pub struct SearchService {
    pub queries: Arc<dyn SearchQueries>,
}

impl SearchService {
    /// At most `limit` results of each kind.
    pub async fn search(
        &self,
        text: &SearchText,
        scope: SearchScope,
        limit: PageSize,
    ) -> Result<SearchHits, StorageError> {
        let pattern = text.pattern();
        let mut hits = SearchHits::default();
        if scope.has_styles() {
            hits.styles = self.queries.find_styles(&pattern, limit).await?;
        }
        if scope.has_artists() {
            hits.artists = self.queries.find_artists(&pattern, limit).await?;
        }
        Ok(hits)
    }
}
