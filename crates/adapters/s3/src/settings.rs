//! Where the store is, and who we are to it.

use std::time::Duration;

use s3::Region;
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

/// Where the store is, who we are to it, and the two buckets that are ours.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address of a store other than AWS, e.g. `http://localhost:9000`; buckets are then parts of the path.
    pub endpoint: Option<String>,
    /// AWS region, e.g. `ap-northeast-2`; part of every signature, so other stores have one too.
    pub region: String,
    /// Access key id. Both keys absent: the credentials of the instance's IAM role are used and kept fresh.
    pub access_key: Option<SecretString>,
    /// The secret that belongs to the access key id.
    pub secret_key: Option<SecretString>,
    /// The bucket that anybody may read from.
    pub public_bucket: String,
    /// The bucket that nobody but us and the workers reads from.
    pub private_bucket: String,
    /// Time for one attempt at a call. For a put it grows by a second per MiB.
    pub timeout: Duration,
}

impl Settings {
    /// The timeout to use when nobody asks for another.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// The region with its address, when everything is in order.
    pub(crate) fn checked_region(&self) -> Result<Region, SettingsError> {
        for name in [&self.public_bucket, &self.private_bucket] {
            if !is_bucket_name(name) {
                return Err(SettingsError::Bucket(name.clone()));
            }
        }
        if self.public_bucket == self.private_bucket {
            return Err(SettingsError::OneBucket);
        }
        if self.access_key.is_some() != self.secret_key.is_some() {
            return Err(SettingsError::HalfKeyPair);
        }
        if self.timeout.is_zero() {
            return Err(SettingsError::Timeout);
        }
        if !is_region_name(&self.region) {
            return Err(SettingsError::Region(self.region.clone()));
        }
        Ok(Region::Custom {
            region: self.region.clone(),
            endpoint: self.address()?,
        })
    }

    /// Buckets as parts of the path: other stores seldom have a host name per bucket, and a dot in a bucket's name
    /// does not fit the certificate of such a host.
    pub(crate) fn path_style(&self) -> bool {
        self.endpoint.is_some() || self.public_bucket.contains('.') || self.private_bucket.contains('.')
    }

    fn address(&self) -> Result<String, SettingsError> {
        let Some(endpoint) = &self.endpoint else {
            // The form that every region has; older ones know others besides.
            let china = if self.region.starts_with("cn-") { ".cn" } else { "" };
            return Ok(format!("https://s3.{}.amazonaws.com{china}", self.region));
        };
        let url = Url::parse(endpoint).map_err(|_| SettingsError::Endpoint)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain {
            return Err(SettingsError::Endpoint);
        }
        Ok(endpoint.trim().trim_end_matches('/').to_owned())
    }
}

fn is_bucket_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (3..=63).contains(&name.len()) && name.bytes().all(fits) && !name.contains("..")
}

fn is_region_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Settings that cannot work. Holds no secret: not even the endpoint, which may have been given a password.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// A name that no bucket can have.
    #[error("`{0}` cannot be the name of a bucket")]
    Bucket(String),
    /// What is private would be public.
    #[error("the public and the private bucket must be two")]
    OneBucket,
    /// One half of the key pair is missing.
    #[error("access key id and secret access key are given both or not at all")]
    HalfKeyPair,
    /// No time to call the store.
    #[error("the timeout of the object store must be longer than nothing")]
    Timeout,
    /// A name that no region can have.
    #[error("`{0}` cannot be the name of a region")]
    Region(String),
    /// Not an address of a store.
    #[error(
        "the object store's endpoint must look like https://host[:port], without a user, query or fragment"
    )]
    Endpoint,
    /// The HTTP client cannot be made.
    #[error("the HTTP client for the object store cannot be made")]
    Client,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            endpoint: None,
            region: "ap-northeast-2".to_owned(),
            access_key: None,
            secret_key: None,
            public_bucket: "media".to_owned(),
            private_bucket: "media-private".to_owned(),
            timeout: Settings::DEFAULT_TIMEOUT,
        }
    }

    fn host(settings: &Settings) -> String {
        settings.checked_region().unwrap().host()
    }

    #[test]
    fn without_an_endpoint_it_is_aws_with_a_host_per_bucket() {
        let mut settings = settings();
        assert_eq!(host(&settings), "s3.ap-northeast-2.amazonaws.com");
        assert!(!settings.path_style());
        settings.region = "cn-north-1".to_owned();
        assert_eq!(host(&settings), "s3.cn-north-1.amazonaws.com.cn");
        settings.public_bucket = "media.example".to_owned();
        assert!(settings.path_style());
    }

    #[test]
    fn an_endpoint_means_buckets_in_the_path() {
        let mut settings = settings();
        settings.endpoint = Some("http://localhost:9000/".to_owned());
        assert_eq!(host(&settings), "localhost:9000");
        assert!(settings.path_style());
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let refused = |change: fn(&mut Settings)| {
            let mut settings = settings();
            change(&mut settings);
            settings.checked_region().unwrap_err()
        };
        assert_eq!(
            refused(|s| s.private_bucket = "media".to_owned()),
            SettingsError::OneBucket
        );
        assert_eq!(
            refused(|s| s.public_bucket = "a/b".to_owned()),
            SettingsError::Bucket("a/b".to_owned())
        );
        assert_eq!(
            refused(|s| s.access_key = Some("id".into())),
            SettingsError::HalfKeyPair
        );
        assert_eq!(refused(|s| s.timeout = Duration::ZERO), SettingsError::Timeout);
        assert_eq!(
            refused(|s| s.region = String::new()),
            SettingsError::Region(String::new())
        );
        for endpoint in [
            "localhost:9000",
            "ftp://store",
            "https://user:pw@store",
            "https://store/?a=b",
        ] {
            let mut settings = settings();
            settings.endpoint = Some(endpoint.to_owned());
            assert_eq!(
                settings.checked_region().unwrap_err(),
                SettingsError::Endpoint,
                "{endpoint}"
            );
        }
    }
}
