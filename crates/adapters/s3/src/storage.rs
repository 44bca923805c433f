//! The adapter with its two buckets and the credentials for signing.

use std::fmt;
use std::time::Duration;

use domain::ObjectAddress;
use domain::object::{ObjectError, key_error};
use s3::command::Command;
use s3::creds::Credentials;
use s3::error::S3Error;
use s3::request::Request;
use s3::request::tokio_backend::ReqwestRequest;
use s3::{Bucket, BucketConfiguration};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::Failure;
use crate::retry::with_retries;
use crate::role::InstanceRole;
use crate::settings::{Settings, SettingsError};

/// Only this region must not be named in a request that creates a bucket.
const DEFAULT_REGION: &str = "us-east-1";

/// Object storage in two buckets on S3 or a compatible store.
///
/// With the instance's role, a presigned URL expires with the role's credentials, which may be before the requested
/// lifetime.
pub struct S3Storage {
    pub(crate) public: Bucket,
    private: Bucket,
    /// `None` when access keys are configured.
    role: Option<InstanceRole>,
    pub(crate) timeout: Duration,
}

impl S3Storage {
    /// Sends no request yet.
    ///
    /// # Errors
    /// An invalid setting.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        // The library's own retries wait for whole seconds.
        s3::set_retries(0);
        let region = settings.validated_region()?;
        let keys = (settings.access_key.as_ref(), settings.secret_key.as_ref());
        let (credentials, role) = match keys {
            (Some(id), Some(secret)) => (access_keys(id, secret), None),
            _ => (Credentials::anonymous(), Some(InstanceRole::new()?)),
        };
        let credentials = credentials.map_err(|_| SettingsError::HalfKeyPair)?;
        let mut public =
            *Bucket::new(&settings.public_bucket, region, credentials).map_err(|_| SettingsError::Client)?;
        public.set_request_timeout(Some(settings.timeout));
        if settings.path_style() {
            public.set_path_style();
        }
        // The clone shares the connection pool.
        let mut private = public.clone();
        private.name.clone_from(&settings.private_bucket);
        Ok(Self {
            public,
            private,
            role,
            timeout: settings.timeout,
        })
    }

    /// Creates missing buckets, for development and tests.
    ///
    /// # Errors
    /// The store refuses the call or cannot be reached.
    pub async fn ensure_buckets(&self) -> Result<(), ObjectError> {
        for bucket in [&self.public, &self.private] {
            with_retries("create bucket", self.timeout, || self.create(bucket)).await?;
        }
        Ok(())
    }

    async fn create(&self, bucket: &Bucket) -> Result<(), Failure> {
        // In the library, `public` only means that no access rule is sent. The bucket's policy defines the access.
        let mut config = BucketConfiguration::public();
        if bucket.region.to_string() != DEFAULT_REGION {
            config.set_region(bucket.region.clone());
        }
        let bucket = self.signing(bucket).await?;
        let request = ReqwestRequest::new(&bucket, "", Command::CreateBucket { config }).await?;
        match request.response_data(false).await {
            Ok(_) | Err(S3Error::HttpFailWithBody(409, _)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket, ObjectError> {
        [&self.public, &self.private]
            .into_iter()
            .find(|bucket| bucket.name == name)
            .ok_or_else(|| ObjectError::Refused(format!("the bucket `{name}` is not configured")))
    }

    /// The bucket of an address. Refuses invalid keys.
    pub(crate) fn bucket_of(&self, at: &ObjectAddress) -> Result<&Bucket, ObjectError> {
        match key_error(&at.key) {
            Some(fault) => Err(ObjectError::Refused(fault.to_owned())),
            None => self.bucket(&at.bucket),
        }
    }

    /// The bucket with credentials that are valid now.
    pub(crate) async fn signing(&self, bucket: &Bucket) -> Result<Bucket, Failure> {
        let mut bucket = bucket.clone();
        if let Some(role) = &self.role {
            bucket.set_credentials(role.credentials().await?);
        }
        Ok(bucket)
    }
}

impl fmt::Debug for S3Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Storage")
            .field("endpoint", &self.public.region.host())
            .field("public", &self.public.name)
            .field("private", &self.private.name)
            .finish_non_exhaustive()
    }
}

fn access_keys(
    id: &SecretString,
    secret: &SecretString,
) -> Result<Credentials, s3::creds::error::CredentialsError> {
    let (id, secret) = (id.expose_secret(), secret.expose_secret());
    Credentials::new(Some(id), Some(secret), None, None, None)
}
