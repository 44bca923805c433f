//! The search port.

use async_trait::async_trait;

use crate::{
    ObjectAddress, StorageError, StyleId, id::Named, page::PageSize, search::SearchPattern,
    styles::StyleArtist,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundStyle {
    pub id: StyleId,
    pub name: String,
    pub thumbnail: Option<ObjectAddress>,
    pub artist: StyleArtist,
    /// Whether the name matched. Otherwise a tag matched.
    pub by_name: bool,
    pub usage_count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundArtist {
    pub user: Named,
    pub artist_name: String,
    pub image: Option<ObjectAddress>,
    pub follower_count: i64,
    /// Whether the artist name matched. Otherwise the username matched.
    pub by_artist_name: bool,
}

/// Bound of the rows that a search reads. It scans the names of this many most used styles (or most followed artists).
/// When these do not fill the page, it reads up to this many others that match by name, and by tag. So the result is
/// exact among the most used ones, and among all while no more than this many match.
pub const SEARCH_SCAN_LIMIT: i64 = 2500;

/// The same bound for scanning the tags of the most used styles, which costs more than scanning names. Used when more
/// than [`SEARCH_SCAN_LIMIT`] tags, or styles with such tags, match.
pub const TAG_SCAN_LIMIT: i64 = 1000;

/// Searches public styles and artists, bounded by [`SEARCH_SCAN_LIMIT`].
#[async_trait]
pub trait SearchQueries: Send + Sync {
    /// Styles by name or tag, most used first, then newest.
    async fn find_styles(
        &self,
        text: &SearchPattern,
        limit: PageSize,
    ) -> Result<Vec<FoundStyle>, StorageError>;

    /// Artists by artist name or username, most followed first, then newest.
    async fn find_artists(
        &self,
        text: &SearchPattern,
        limit: PageSize,
    ) -> Result<Vec<FoundArtist>, StorageError>;
}
