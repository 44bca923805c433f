//! Search.

use std::sync::Arc;

use domain::{
    StorageError,
    page::PageSize,
    search::{FoundArtist, FoundStyle, SearchQueries, SearchScope, SearchText},
};

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// Styles, most used first.
    pub styles: Vec<FoundStyle>,
    /// Artists, most followed first.
    pub artists: Vec<FoundArtist>,
}

/// Searches styles and artists.
#[derive(Clone)]
pub struct SearchService {
    queries: Arc<dyn SearchQueries>,
}

impl SearchService {
    /// Puts the service together.
    pub fn new(queries: Arc<dyn SearchQueries>) -> Self {
        Self { queries }
    }

    /// Searches; at most `most` of each kind.
    pub async fn search(
        &self,
        text: &SearchText,
        scope: SearchScope,
        most: PageSize,
    ) -> Result<Found, StorageError> {
        let pattern = text.pattern();
        let mut found = Found::default();
        if scope.has_styles() {
            found.styles = self.queries.find_styles(&pattern, most).await?;
        }
        if scope.has_artists() {
            found.artists = self.queries.find_artists(&pattern, most).await?;
        }
        Ok(found)
    }
}
