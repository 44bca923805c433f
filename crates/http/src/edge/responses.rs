//! Response types that several modules share.

use application::media_urls::MediaUrls;
use domain::{ObjectAddress, id::Named, page::Page};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::Listing, error::ApiError};

/// Id and name of a style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleRef {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour")]
    pub name: String,
}

impl From<Named> for StyleRef {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            name: named.name,
        }
    }
}

/// An account with its profile image.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonRef {
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_collector")]
    pub username: String,
    /// URL of the profile image.
    #[schema(required)]
    pub profile_image: Option<String>,
}

impl PersonRef {
    pub(crate) async fn of(
        person: Named,
        image: Option<&ObjectAddress>,
        media: &MediaUrls,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            id: person.id,
            username: person.name,
            profile_image: media_url(media, image).await?,
        })
    }
}

/// Id and username of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountRef {
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_artist")]
    pub username: String,
}

impl From<Named> for AccountRef {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            username: named.name,
        }
    }
}

/// Id and name of an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArtistRef {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
}

/// Like [`Listing::of`], for an async `convert` (presigned URLs).
pub(crate) async fn listing<R, T, F>(page: Page<R>, convert: F) -> Result<Listing<T>, ApiError>
where
    T: Serialize + ToSchema,
    F: AsyncFn(R) -> Result<T, ApiError>,
{
    let mut results = Vec::with_capacity(page.rows.len());
    for row in page.rows {
        results.push(convert(row).await?);
    }
    Ok(Listing::with_rows(results, page.next.as_ref()))
}

pub(crate) async fn media_url(
    media: &MediaUrls,
    object: Option<&ObjectAddress>,
) -> Result<Option<String>, ApiError> {
    Ok(media.url_of(object).await?)
}
