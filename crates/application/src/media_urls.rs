//! Addresses at which stored objects can be read.

use std::{sync::Arc, time::Duration};

use domain::{
    ObjectAddress,
    object::{Buckets, ObjectError, ObjectStorage},
};

/// How long an address of a private object works.
const PRESIGNED_LIFETIME: Duration = Duration::from_hours(1);

/// Renders addresses: public ones from `MEDIA_PUBLIC_URL`, private ones presigned for an hour.
#[derive(Clone)]
pub struct MediaUrls {
    pub buckets: Buckets,
    pub storage: Arc<dyn ObjectStorage>,
}

impl MediaUrls {
    /// The buckets, for reading addresses that workers report.
    pub fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    /// The address of `object`. Computed here: no call goes out.
    pub async fn address(&self, object: &ObjectAddress) -> Result<String, ObjectError> {
        if let Some(address) = self.buckets.public_address(object) {
            return Ok(address);
        }
        self.storage.presign_get(object, PRESIGNED_LIFETIME).await
    }

    /// The same for an object that may be absent.
    pub async fn address_of(&self, object: Option<&ObjectAddress>) -> Result<Option<String>, ObjectError> {
        match object {
            Some(object) => self.address(object).await.map(Some),
            None => Ok(None),
        }
    }
}
