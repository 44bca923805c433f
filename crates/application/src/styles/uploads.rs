//! Objects that are stored before the transaction that refers to them. Each upload is recorded first, so that the
//! objects of an interrupted upload are deleted later.

use std::{sync::Arc, time::Duration};

use domain::{
    ObjectAddress, StorageError, UserId,
    clock::Clock,
    object::{Buckets, ObjectBody, ObjectError, ObjectStorage},
    operations::Retention,
    styles::NewUpload,
    unit_of_work::UnitOfWorkFactory,
};
use uuid::Uuid;

use crate::images::Kind;

/// An unfinished upload older than this is deleted.
pub const STALE_UPLOAD_AFTER: Duration = Duration::from_hours(1);

/// An upload in progress. The keys of its objects are derived from its id.
#[derive(Debug, Clone)]
pub struct Upload {
    pub id: Uuid,
    buckets: Buckets,
}

impl Upload {
    /// The key has no `/`, because workers use it as a file name.
    pub fn training_image(&self, index: usize, extension: &str) -> ObjectAddress {
        self.buckets
            .private(format!("{}{index:03}.{extension}", self.training_prefix()))
    }

    pub fn thumbnail(&self) -> ObjectAddress {
        self.buckets.public(format!("{}.jpg", self.thumbnail_prefix()))
    }

    /// The thumbnail of the training image with this index.
    pub fn sample(&self, index: usize) -> ObjectAddress {
        self.buckets
            .public(format!("{}-{index:03}.jpg", self.thumbnail_prefix()))
    }

    pub fn signature(&self) -> ObjectAddress {
        self.buckets
            .private(format!("signatures/{}.png", self.id.simple()))
    }

    pub fn picture(&self, kind: Kind) -> ObjectAddress {
        let (id, extension) = (self.id.simple(), kind.extension());
        self.buckets.public(format!("profiles/{id}.{extension}"))
    }

    fn training_prefix(&self) -> String {
        format!("train-{}-", self.id.simple())
    }

    /// Key prefix of the thumbnail and the samples.
    fn thumbnail_prefix(&self) -> String {
        format!("thumbnails/{}", self.id.simple())
    }
}

/// Records uploads, stores their objects, and deletes the objects of uploads that were not finished.
#[derive(Clone)]
pub struct UploadGuard {
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub storage: Arc<dyn ObjectStorage>,
    pub retention: Arc<dyn Retention>,
    pub clock: Arc<dyn Clock>,
    pub buckets: Buckets,
}

impl UploadGuard {
    /// Records an upload and commits, before its first object is stored.
    pub async fn begin(&self, id: Uuid, owner: UserId) -> Result<Upload, StorageError> {
        let upload = Upload {
            id,
            buckets: self.buckets.clone(),
        };
        let mut unit = self.units.begin().await?;
        let row = NewUpload {
            id,
            owner,
            prefix: upload.training_prefix(),
            now: self.clock.now(),
        };
        unit.uploads().begin(row).await?;
        unit.commit().await?;
        Ok(upload)
    }

    pub async fn put(
        &self,
        at: &ObjectAddress,
        body: ObjectBody,
        content_type: &str,
    ) -> Result<(), ObjectError> {
        self.storage.put(at, body, content_type).await
    }

    /// Deletes an upload and its objects. On failure, [`Self::delete_stale`] deletes them later.
    pub async fn abandon(&self, upload: &Upload) {
        if let Err(error) = self.claim_and_delete(upload).await {
            tracing::warn!(%error, upload = %upload.id, "an upload is not deleted and will be deleted by the retention job");
        }
    }

    /// Deletes stale uploads. Returns how many.
    pub async fn delete_stale(&self, limit: i64) -> Result<usize, StorageError> {
        let before = self.clock.now() - STALE_UPLOAD_AFTER;
        let stale = self.retention.claim_stale_uploads(before, limit).await?;
        let mut deleted = 0;
        for id in stale {
            let upload = Upload {
                id,
                buckets: self.buckets.clone(),
            };
            match self.delete(&upload).await {
                Ok(()) => deleted += 1,
                Err(error) => {
                    tracing::warn!(%error, upload = %upload.id, "a stale upload could not be deleted");
                }
            }
        }
        Ok(deleted)
    }

    /// A commit whose response was lost may have succeeded. Then the upload cannot be claimed, and its objects are in
    /// use.
    async fn claim_and_delete(&self, upload: &Upload) -> Result<(), DeleteError> {
        if self.retention.claim_upload(upload.id).await? {
            self.delete(upload).await
        } else {
            Ok(())
        }
    }

    async fn delete(&self, upload: &Upload) -> Result<(), DeleteError> {
        for (bucket, prefix) in [
            (&self.buckets.private, upload.training_prefix()),
            (&self.buckets.public, upload.thumbnail_prefix()),
        ] {
            for key in self.storage.list(bucket, &prefix).await? {
                self.storage.delete(&ObjectAddress::new(bucket, key)).await?;
            }
        }
        self.storage.delete(&upload.signature()).await?;
        for kind in [Kind::Png, Kind::Jpeg] {
            self.storage.delete(&upload.picture(kind)).await?;
        }
        self.retention.delete_upload(upload.id).await?;
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum DeleteError {
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use chrono::DateTime;
    use domain::{
        clock::MockClock,
        object::{MockObjectStorage, UriScheme},
        operations::MockRetention,
        unit_of_work::UnitOfWork,
    };

    use super::*;

    struct NoUnits;

    #[async_trait]
    impl UnitOfWorkFactory for NoUnits {
        async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
            panic!("unexpected unit of work");
        }
    }

    async fn abandon(storage: MockObjectStorage, retention: MockRetention) {
        let buckets = Buckets {
            public: "media".into(),
            private: "media-private".into(),
            public_base_url: "http://localhost/media".into(),
            endpoint: None,
            scheme: UriScheme::S3,
        };
        let mut clock = MockClock::new();
        clock.expect_now().return_const(DateTime::UNIX_EPOCH);
        let upload = Upload {
            id: Uuid::nil(),
            buckets: buckets.clone(),
        };
        let (storage, retention) = (Arc::new(storage), Arc::new(retention));
        UploadGuard {
            units: Arc::new(NoUnits),
            storage,
            retention,
            clock: Arc::new(clock),
            buckets,
        }
        .abandon(&upload)
        .await;
    }

    #[tokio::test]
    async fn objects_of_a_committed_upload_are_kept() {
        let mut retention = MockRetention::new();
        retention.expect_claim_upload().times(1).returning(|_| Ok(false));
        // A mock without expectations panics on any call.
        abandon(MockObjectStorage::new(), retention).await;
    }

    #[tokio::test]
    async fn an_abandoned_upload_is_claimed_and_its_objects_are_deleted() {
        let mut retention = MockRetention::new();
        retention.expect_claim_upload().times(1).returning(|_| Ok(true));
        retention.expect_delete_upload().times(1).returning(|_| Ok(()));
        let mut storage = MockObjectStorage::new();
        storage
            .expect_list()
            .times(2)
            .returning(|_, prefix| Ok(vec![format!("{prefix}000.png")]));
        storage.expect_delete().times(5).returning(|_| Ok(()));
        abandon(storage, retention).await;
    }
}
