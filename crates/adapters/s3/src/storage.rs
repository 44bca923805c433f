//! The storage: its two buckets, who signs, and which addresses are ours.

use std::fmt;
use std::time::Duration;

use domain::ObjectAddress;
use domain::object::{ObjectError, key_fault};
use s3::command::Command;
use s3::creds::Credentials;
use s3::error::S3Error;
use s3::request::Request;
use s3::request::tokio_backend::ReqwestRequest;
use s3::{Bucket, BucketConfiguration};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::Failure;
use crate::retry::retried;
use crate::role::InstanceRole;
use crate::settings::{Settings, SettingsError};

/// The only region that a bucket is made in without saying so.
const DEFAULT_REGION: &str = "us-east-1";

/// Objects in our two buckets of S3, or of a store that speaks its protocol.
///
/// With an instance's role, a presigned address ends when the role's credentials of that moment do, which may be
/// before the lifetime asked for.
pub struct S3Storage {
    pub(crate) public: Bucket,
    private: Bucket,
    /// `None` when the buckets have a key pair.
    role: Option<InstanceRole>,
    pub(crate) timeout: Duration,
}

impl S3Storage {
    /// Storage by these settings. Nothing is called yet.
    ///
    /// # Errors
    /// [`SettingsError`] says which setting cannot work.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        // The library would repeat reads on its own, with pauses of whole seconds.
        s3::set_retries(0);
        let region = settings.checked_region()?;
        let keys = (settings.access_key.as_ref(), settings.secret_key.as_ref());
        let (credentials, role) = match keys {
            (Some(id), Some(secret)) => (pair(id, secret), None),
            _ => (Credentials::anonymous(), Some(InstanceRole::new()?)),
        };
        let credentials = credentials.map_err(|_| SettingsError::HalfKeyPair)?;
        let mut public =
            *Bucket::new(&settings.public_bucket, region, credentials).map_err(|_| SettingsError::Client)?;
        public.set_request_timeout(Some(settings.timeout));
        if settings.path_style() {
            public.set_path_style();
        }
        // A copy shares the connections.
        let mut private = public.clone();
        private.name.clone_from(&settings.private_bucket);
        Ok(Self {
            public,
            private,
            role,
            timeout: settings.timeout,
        })
    }

    /// Makes the two buckets where they are missing: for development and tests.
    ///
    /// # Errors
    /// The store refuses or cannot be reached.
    pub async fn ensure_buckets(&self) -> Result<(), ObjectError> {
        for bucket in [&self.public, &self.private] {
            retried("create bucket", self.timeout, || self.create(bucket)).await?;
        }
        Ok(())
    }

    async fn create(&self, bucket: &Bucket) -> Result<(), Failure> {
        // What the library calls public asks for nothing at all: access is for the bucket's policy to say.
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

    /// One of our two buckets.
    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket, ObjectError> {
        [&self.public, &self.private]
            .into_iter()
            .find(|bucket| bucket.name == name)
            .ok_or_else(|| ObjectError::Refused(format!("the bucket `{name}` is not ours")))
    }

    /// The bucket of an address whose key may be asked for.
    pub(crate) fn bucket_of(&self, at: &ObjectAddress) -> Result<&Bucket, ObjectError> {
        match key_fault(&at.key) {
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

fn pair(id: &SecretString, secret: &SecretString) -> Result<Credentials, s3::creds::error::CredentialsError> {
    let (id, secret) = (id.expose_secret(), secret.expose_secret());
    Credentials::new(Some(id), Some(secret), None, None, None)
}
