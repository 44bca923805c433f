//! What goes over the wire: one type per answer and per body, exactly the fields of the contract.

use application::media::Media;
use domain::{ObjectAddress, page::Page, ports::queries::Named};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::Listing, error::ApiError};

/// An id and a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedRef {
    /// Id.
    #[schema(example = 7)]
    pub id: i64,
    /// Name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
}

impl From<Named> for NamedRef {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            name: named.name,
        }
    }
}

/// Who made or wrote something.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonRef {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Unique name.
    #[schema(example = "demo_collector")]
    pub username: String,
    /// Address of the picture.
    pub profile_image: Option<String>,
}

impl PersonRef {
    /// Renders a person.
    pub(crate) async fn of(
        person: Named,
        image: Option<&ObjectAddress>,
        media: &Media,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            id: person.id,
            username: person.name,
            profile_image: address(media, image).await?,
        })
    }
}

/// Somebody in a transaction.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountRef {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Name.
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
    media: &Media,
    object: Option<&ObjectAddress>,
) -> Result<Option<String>, ApiError> {
    Ok(media.address_of(object).await?)
}
