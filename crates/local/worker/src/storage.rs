//! Objects by the addresses in a task: `s3://` or `gs://` in the platform's buckets, or a presigned address.

use std::time::Duration;

use bytes::Bytes;
use domain::ObjectAddress;
use domain::object::ObjectBody;

use crate::worker::{DemoWorker, WorkFailure};

/// Time for one upload to a presigned address.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(1);

impl DemoWorker {
    pub(crate) async fn read(&self, uri: &str) -> Result<Bytes, WorkFailure> {
        let parsed = self.options.buckets.parse_model(uri);
        let address = parsed.map_err(|_| WorkFailure::Address)?;
        Ok(self.storage.get(&address).await?)
    }

    pub(crate) async fn write(
        &self,
        at: &ObjectAddress,
        body: Vec<u8>,
        content_type: &str,
    ) -> Result<(), WorkFailure> {
        Ok(self
            .storage
            .put(at, ObjectBody::Bytes(body.into()), content_type)
            .await?)
    }

    /// Puts a picture to a presigned address.
    pub(crate) async fn upload(&self, presigned: &str, png: Vec<u8>) -> Result<(), WorkFailure> {
        let request = self.http.put(presigned).timeout(UPLOAD_TIMEOUT);
        let sent = request.header("content-type", "image/png").body(png).send().await;
        // The address holds a signature, so no message may repeat it.
        sent.and_then(reqwest::Response::error_for_status)
            .map_err(|error| WorkFailure::Upload(error.without_url()))?;
        Ok(())
    }
}
