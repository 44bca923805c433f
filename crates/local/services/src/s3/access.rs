//! Access rules in front of the file store.

use std::io::ErrorKind;
use std::path::PathBuf;

use domain::object::key_error;
use s3s::access::{S3Access, S3AccessContext};
use s3s::dto::{
    CopyObjectInput, CopySource, CreateMultipartUploadInput, DeleteObjectInput, DeleteObjectsInput,
    GetObjectInput, HeadObjectInput, PutObjectInput,
};
use s3s::{S3Error, S3Request, S3Result, s3_error};

/// Keys must be shorter: the file store writes a metadata file whose name contains the key as base64.
const MAX_KEY_BYTES: usize = 150;

/// The operations that the platform and its workers use. All others are refused, because they were not reviewed.
const OPERATIONS: [&str; 15] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateBucket",
    "CreateMultipartUpload",
    "DeleteObject",
    "DeleteObjects",
    "GetBucketLocation",
    "GetObject",
    "HeadBucket",
    "HeadObject",
    "ListObjects",
    "ListObjectsV2",
    "PutObject",
    "UploadPart",
];

/// Anonymous clients may read objects of the public bucket. The account may use both buckets.
pub(super) struct BucketAccess {
    /// Without symbolic links.
    pub(super) root: PathBuf,
    pub(super) public_bucket: String,
    pub(super) private_bucket: String,
}

/// What is on disk at an object's path.
enum OnDisk {
    FileOrNothing,
    /// The key is a prefix of other keys.
    Folder,
    /// A prefix of the key is an object.
    BelowFile,
}

impl BucketAccess {
    fn is_anonymous_read(&self, cx: &S3AccessContext<'_>) -> bool {
        let reads = matches!(cx.s3_op().name(), "GetObject" | "HeadObject");
        reads && cx.s3_path().get_bucket_name() == Some(self.public_bucket.as_str())
    }

    fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.public_bucket || bucket == self.private_bucket {
            return Ok(());
        }
        Err(s3_error!(NoSuchBucket))
    }

    /// The file store does not check keys before it joins them to a path, so every key of a request must be checked
    /// here.
    fn check_object(&self, bucket: &str, key: &str) -> S3Result<()> {
        self.check_bucket(bucket)?;
        check_key(key)
    }

    async fn on_disk(&self, bucket: &str, key: &str) -> OnDisk {
        match tokio::fs::symlink_metadata(self.root.join(bucket).join(key)).await {
            Ok(found) if found.is_dir() => OnDisk::Folder,
            Err(error) if error.kind() == ErrorKind::NotADirectory => OnDisk::BelowFile,
            _ => OnDisk::FileOrNothing,
        }
    }

    /// The file store would open a folder as an object.
    async fn check_readable(&self, bucket: &str, key: &str) -> S3Result<()> {
        if matches!(self.on_disk(bucket, key).await, OnDisk::Folder) {
            return Err(s3_error!(NoSuchKey));
        }
        Ok(())
    }

    async fn check_writable(&self, bucket: &str, key: &str) -> S3Result<()> {
        match self.on_disk(bucket, key).await {
            OnDisk::FileOrNothing => Ok(()),
            OnDisk::Folder | OnDisk::BelowFile => Err(s3_error!(
                InvalidArgument,
                "in this storage no key can be the folder of another"
            )),
        }
    }
}

fn check_key(key: &str) -> S3Result<()> {
    let too_long = (key.len() >= MAX_KEY_BYTES).then_some("keys of this storage are shorter than 150 bytes");
    match too_long.or_else(|| key_error(key)) {
        None => Ok(()),
        Some(fault) => Err(s3_error!(InvalidArgument, "{fault}")),
    }
}

fn not_offered(operation: &str) -> S3Error {
    s3_error!(NotImplemented, "{operation} is not offered by this storage")
}

/// As in S3, a request without a signature cannot override response headers. Otherwise a link to a picture could make
/// the browser show it as a page.
fn check_overrides(req: &S3Request<GetObjectInput>) -> S3Result<()> {
    let input = &req.input;
    let overrides = [
        input.response_cache_control.is_some(),
        input.response_content_disposition.is_some(),
        input.response_content_encoding.is_some(),
        input.response_content_language.is_some(),
        input.response_content_type.is_some(),
        input.response_expires.is_some(),
    ];
    if req.credentials.is_none() && overrides.contains(&true) {
        return Err(s3_error!(
            InvalidRequest,
            "response headers can be chosen only with a signature"
        ));
    }
    Ok(())
}

#[async_trait::async_trait]
impl S3Access for BucketAccess {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        if cx.credentials().is_none() && !self.is_anonymous_read(cx) {
            return Err(s3_error!(AccessDenied, "a signature is required"));
        }
        let operation = cx.s3_op().name();
        if !OPERATIONS.contains(&operation) {
            return Err(not_offered(operation));
        }
        let path = cx.s3_path();
        if let Some(bucket) = path.get_bucket_name() {
            self.check_bucket(bucket)?;
        }
        path.get_object_key().map_or(Ok(()), check_key)
    }

    async fn get_object(&self, req: &mut S3Request<GetObjectInput>) -> S3Result<()> {
        check_overrides(req)?;
        self.check_readable(&req.input.bucket, &req.input.key).await
    }

    async fn head_object(&self, req: &mut S3Request<HeadObjectInput>) -> S3Result<()> {
        self.check_readable(&req.input.bucket, &req.input.key).await
    }

    async fn put_object(&self, req: &mut S3Request<PutObjectInput>) -> S3Result<()> {
        self.check_writable(&req.input.bucket, &req.input.key).await
    }

    async fn create_multipart_upload(&self, req: &mut S3Request<CreateMultipartUploadInput>) -> S3Result<()> {
        self.check_writable(&req.input.bucket, &req.input.key).await
    }

    async fn copy_object(&self, req: &mut S3Request<CopyObjectInput>) -> S3Result<()> {
        let CopySource::Bucket { bucket, key, .. } = &req.input.copy_source else {
            return Err(not_offered("copying from an access point"));
        };
        self.check_object(bucket, key)?;
        self.check_readable(bucket, key).await?;
        self.check_writable(&req.input.bucket, &req.input.key).await
    }

    async fn delete_object(&self, req: &mut S3Request<DeleteObjectInput>) -> S3Result<()> {
        self.check_readable(&req.input.bucket, &req.input.key).await
    }

    async fn delete_objects(&self, req: &mut S3Request<DeleteObjectsInput>) -> S3Result<()> {
        for object in &req.input.delete.objects {
            self.check_object(&req.input.bucket, &object.key)?;
            self.check_readable(&req.input.bucket, &object.key).await?;
        }
        Ok(())
    }
}
