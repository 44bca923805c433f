//! What goes over the wire: one type per answer and per body, exactly the fields of the contract.

pub mod community;
pub mod follows;
pub mod generations;
pub mod health;
pub mod notifications;
pub mod purchases;
pub mod search;
pub mod styles;
pub mod tokens;
pub mod users;
pub mod webhooks;

use application::media_urls::MediaUrls;
use domain::{ObjectAddress, id::Named, page::Page};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{envelope::Listing, error::ApiError};

/// An id and a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedDto {
    /// Id.
    #[schema(example = 7)]
    pub id: i64,
    /// Name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
}

impl From<Named> for NamedDto {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            name: named.name,
        }
    }
}

/// Who made or wrote something.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonDto {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Unique name.
    #[schema(example = "demo_collector")]
    pub username: String,
    /// Address of the picture.
    pub profile_image: Option<String>,
}

impl PersonDto {
    /// Renders a person.
    pub(crate) async fn of(
        person: Named,
        image: Option<&ObjectAddress>,
        media: &MediaUrls,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            id: person.id,
            username: person.name,
            profile_image: address(media, image).await?,
        })
    }
}

/// Renders a page of rows, each by `render`, which may have to sign an address.
pub(crate) async fn listing<R, T, F>(page: Page<R>, render: F) -> Result<Listing<T>, ApiError>
where
    T: Serialize + ToSchema,
    F: AsyncFn(R) -> Result<T, ApiError>,
{
    let mut results = Vec::with_capacity(page.rows.len());
    for row in page.rows {
        results.push(render(row).await?);
    }
    Ok(Listing::with_rows(results, page.next.as_ref()))
}

/// The address of an object that may be absent.
pub(crate) async fn address(
    media: &MediaUrls,
    object: Option<&ObjectAddress>,
) -> Result<Option<String>, ApiError> {
    Ok(media.address_of(object).await?)
}
