//! Objects stored before the transaction that refers to them: noted first, so that a crash leaves nothing behind.

use std::{sync::Arc, time::Duration};

use domain::{
    ObjectAddress, StorageError, UserId,
    clock::Clock,
    object::{Buckets, ObjectBody, ObjectError, ObjectStorage},
    operations::Housekeeping,
    styles::NewUpload,
    unit_of_work::UnitOfWorkFactory,
};
use uuid::Uuid;

use crate::images::Kind;

/// An upload older than this, whose style was never made, is swept.
pub const STALE_UPLOAD_AFTER: Duration = Duration::from_hours(1);

/// An upload in progress. The keys of all its objects follow from its id.
#[derive(Debug, Clone)]
pub struct Upload {
    pub id: Uuid,
    buckets: Buckets,
}

impl Upload {
    /// Where the training image with this index goes. No `/` in the key: workers take it for a file name.
    pub fn training_image(&self, index: usize, extension: &str) -> ObjectAddress {
        self.buckets
            .private(format!("{}{index:03}.{extension}", self.training_prefix()))
    }

    /// Where the thumbnail goes.
    pub fn thumbnail(&self) -> ObjectAddress {
        self.buckets.public(format!("{}.jpg", self.thumbnail_prefix()))
    }

    /// Where the thumbnail of the training image with this index goes.
    pub fn sample(&self, index: usize) -> ObjectAddress {
        self.buckets
            .public(format!("{}-{index:03}.jpg", self.thumbnail_prefix()))
    }

    /// Where a signature goes.
    pub fn signature(&self) -> ObjectAddress {
        self.buckets
            .private(format!("signatures/{}.png", self.id.simple()))
    }

    /// Where a profile picture goes.
    pub fn picture(&self, kind: Kind) -> ObjectAddress {
        let (id, extension) = (self.id.simple(), kind.extension());
        self.buckets.public(format!("profiles/{id}.{extension}"))
    }

    fn training_prefix(&self) -> String {
        format!("train-{}-", self.id.simple())
    }

    /// Beginning of the keys of all its thumbnails.
    fn thumbnail_prefix(&self) -> String {
        format!("thumbnails/{}", self.id.simple())
    }
}

/// Notes uploads, stores their objects, and removes what never came to be.
#[derive(Clone)]
pub struct UploadGuard {
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub storage: Arc<dyn ObjectStorage>,
    pub housekeeping: Arc<dyn Housekeeping>,
    pub clock: Arc<dyn Clock>,
    pub buckets: Buckets,
}

impl UploadGuard {
    /// Notes an upload, committed before its first object is stored.
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

    /// Stores one of its objects.
    pub async fn put(
        &self,
        at: &ObjectAddress,
        body: ObjectBody,
        content_type: &str,
    ) -> Result<(), ObjectError> {
        self.storage.put(at, body, content_type).await
    }

    /// Removes a refused upload's objects and its note. What cannot be removed now, the sweep removes later.
    pub async fn abandon(&self, upload: &Upload) {
        if let Err(error) = self.take_and_remove(upload).await {
            tracing::warn!(%error, upload = %upload.id, "a refused upload is left to the sweep");
        }
    }

    /// Removes uploads that never became anything. Returns how many.
    pub async fn sweep(&self, limit: i64) -> Result<usize, StorageError> {
        let before = self.clock.now() - STALE_UPLOAD_AFTER;
        let stale = self.housekeeping.stale_uploads(before, limit).await?;
        let mut removed = 0;
        for found in stale {
            let upload = Upload {
                id: found.id,
                buckets: self.buckets.clone(),
            };
            match self.remove(&upload).await {
                Ok(()) => removed += 1,
                Err(error) => {
                    tracing::warn!(%error, upload = %upload.id, "a stale upload could not be removed");
                }
            }
        }
        Ok(removed)
    }

    /// A commit whose answer was lost may have succeeded: then the upload is no longer there to be taken, and its
    /// objects belong to a style.
    async fn take_and_remove(&self, upload: &Upload) -> Result<(), RemoveError> {
        if self.housekeeping.take_upload(upload.id).await? {
            self.remove(upload).await
        } else {
            Ok(())
        }
    }

    async fn remove(&self, upload: &Upload) -> Result<(), RemoveError> {
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
        self.housekeeping.forget_upload(upload.id).await?;
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum RemoveError {
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
        operations::MockHousekeeping,
        unit_of_work::UnitOfWork,
    };

    use super::*;

    struct NoUnits;

    #[async_trait]
    impl UnitOfWorkFactory for NoUnits {
        async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
            panic!("abandoning needs no unit of work");
        }
    }

    async fn abandon(storage: MockObjectStorage, housekeeping: MockHousekeeping) {
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
        let (storage, housekeeping) = (Arc::new(storage), Arc::new(housekeeping));
        UploadGuard {
            units: Arc::new(NoUnits),
            storage,
            housekeeping,
            clock: Arc::new(clock),
            buckets,
        }
        .abandon(&upload)
        .await;
    }

    #[tokio::test]
    async fn an_upload_whose_commit_was_not_heard_of_keeps_its_objects() {
        let mut housekeeping = MockHousekeeping::new();
        housekeeping
            .expect_take_upload()
            .times(1)
            .returning(|_| Ok(false));
        // A storage without expectations panics when it is asked to remove anything.
        abandon(MockObjectStorage::new(), housekeeping).await;
    }

    #[tokio::test]
    async fn a_refused_upload_is_taken_then_removed_then_forgotten() {
        let mut housekeeping = MockHousekeeping::new();
        housekeeping.expect_take_upload().times(1).returning(|_| Ok(true));
        housekeeping.expect_forget_upload().times(1).returning(|_| Ok(()));
        let mut storage = MockObjectStorage::new();
        storage
            .expect_list()
            .times(2)
            .returning(|_, prefix| Ok(vec![format!("{prefix}000.png")]));
        storage.expect_delete().times(5).returning(|_| Ok(()));
        abandon(storage, housekeeping).await;
    }
}
