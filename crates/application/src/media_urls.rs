//! URLs of stored objects.

use std::{sync::Arc, time::Duration};

use domain::{
    ObjectAddress,
    object::{Buckets, ObjectError, ObjectStorage},
};

/// Lifetime of the URL of a private object.
const PRESIGNED_LIFETIME: Duration = Duration::from_hours(1);

/// Renders public URLs below `MEDIA_PUBLIC_URL`, and presigned URLs for private objects.
#[derive(Clone)]
pub struct MediaUrls {
    pub buckets: Buckets,
    pub storage: Arc<dyn ObjectStorage>,
}

impl MediaUrls {
    /// The URL of `object`. Makes no network call.
    pub async fn url(&self, object: &ObjectAddress) -> Result<String, ObjectError> {
        if let Some(url) = self.buckets.public_url(object) {
            return Ok(url);
        }
        self.storage.presign_get(object, PRESIGNED_LIFETIME).await
    }

    pub async fn url_of(&self, object: Option<&ObjectAddress>) -> Result<Option<String>, ObjectError> {
        match object {
            Some(object) => self.url(object).await.map(Some),
            None => Ok(None),
        }
    }
}
