//! Object storage access: `s3://` and `gs://` URIs in the platform's buckets, and presigned URLs.

use std::time::Duration;

use bytes::Bytes;
use domain::ObjectAddress;
use domain::object::ObjectBody;

use crate::worker::{DemoWorker, TaskFailure};

const UPLOAD_TIMEOUT: Duration = Duration::from_mins(1);

impl DemoWorker {
    pub(crate) async fn read(&self, uri: &str) -> Result<Bytes, TaskFailure> {
        let parsed = self.options.buckets.parse_model(uri);
        let address = parsed.map_err(|_| TaskFailure::Address)?;
        Ok(self.storage.get(&address).await?)
    }

    pub(crate) async fn write(
        &self,
        at: &ObjectAddress,
        body: Vec<u8>,
        content_type: &str,
    ) -> Result<(), TaskFailure> {
        Ok(self
            .storage
            .put(at, ObjectBody::Bytes(body.into()), content_type)
            .await?)
    }

    /// Uploads an image to a presigned URL.
    pub(crate) async fn upload(&self, presigned_url: &str, png: Vec<u8>) -> Result<(), TaskFailure> {
        let request = self.http.put(presigned_url).timeout(UPLOAD_TIMEOUT);
        let response = request.header("content-type", "image/png").body(png).send().await;
        // The URL contains a signature, so it must not appear in an error message.
        response
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| TaskFailure::Upload(error.without_url()))?;
        Ok(())
    }
}
