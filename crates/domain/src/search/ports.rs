//! What a search finds.

use async_trait::async_trait;

use crate::{
    ObjectAddress, StorageError, StyleId, id::Named, page::PageSize, search::SearchPattern,
    styles::StyleArtist,
};

/// A style that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundStyle {
    pub id: StyleId,
    pub name: String,
    pub thumbnail: Option<ObjectAddress>,
    pub artist: StyleArtist,
    /// Whether the name matched; else a tag did.
    pub by_name: bool,
    pub usage_count: i64,
}

/// An artist who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundArtist {
    pub user: Named,
    pub artist_name: String,
    pub image: Option<ObjectAddress>,
    pub follower_count: i64,
    /// Whether the name to work under matched; else the username did.
    pub by_artist_name: bool,
}

/// How far a search reads: the names of so many of the most used styles (or most followed artists), and, when those do
/// not fill the answer, as many others that match by name and by tag. So the answer is exact among the most used ones
/// whatever the text, and among all as long as no more than so many match in each way.
pub const SEARCHED: i64 = 2500;

/// How many of the most used styles have their tags looked at, when a text has more tags or styles of them than
/// [`SEARCHED`]: looking at the tags of one costs more than at its name.
pub const SEARCHED_FOR_TAGS: i64 = 1000;

/// Searches what everybody may see, as far as [`SEARCHED`] says.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SearchQueries: Send + Sync {
    /// Styles by name or tag, most used first, then newest.
    async fn find_styles(
        &self,
        text: &SearchPattern,
        most: PageSize,
    ) -> Result<Vec<FoundStyle>, StorageError>;

    /// Artists by name to work under or username, most followed first, then newest.
    async fn find_artists(
        &self,
        text: &SearchPattern,
        most: PageSize,
    ) -> Result<Vec<FoundArtist>, StorageError>;
}
