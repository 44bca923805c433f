//! Settings of the object store and their validation.

use std::time::Duration;

use s3::Region;
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

#[derive(Debug, Clone)]
pub struct Settings {
    /// URL of a store other than AWS, e.g. `http://localhost:9000`, with path-style addressing of buckets.
    pub endpoint: Option<String>,
    /// AWS region, e.g. `ap-northeast-2`. Other stores need one too, because every signature contains it.
    pub region: String,
    /// Access key id. Without both keys, the credentials of the instance's IAM role are used.
    pub access_key: Option<SecretString>,
    pub secret_key: Option<SecretString>,
    /// Readable by everybody.
    pub public_bucket: String,
    /// Readable only by the platform and by the workers.
    pub private_bucket: String,
    /// Limit of one attempt. For an upload it grows by one second per MiB.
    pub timeout: Duration,
}

impl Settings {
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// Checks the settings and returns the region with its endpoint.
    pub(crate) fn validated_region(&self) -> Result<Region, SettingsError> {
        for name in [&self.public_bucket, &self.private_bucket] {
            if !is_bucket_name(name) {
                return Err(SettingsError::Bucket(name.clone()));
            }
        }
        if self.public_bucket == self.private_bucket {
            return Err(SettingsError::SameBucket);
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
            endpoint: self.endpoint_url()?,
        })
    }

    /// Whether the bucket is part of the path instead of the host name. Other stores rarely have a host name per
    /// bucket, and AWS's wildcard certificate does not cover bucket names with dots.
    pub(crate) fn path_style(&self) -> bool {
        self.endpoint.is_some() || self.public_bucket.contains('.') || self.private_bucket.contains('.')
    }

    fn endpoint_url(&self) -> Result<String, SettingsError> {
        let Some(endpoint) = &self.endpoint else {
            // All regions support this form.
            let china = if self.region.starts_with("cn-") { ".cn" } else { "" };
            return Ok(format!("https://s3.{}.amazonaws.com{china}", self.region));
        };
        let url = Url::parse(endpoint).map_err(|_| SettingsError::Endpoint)?;
        let valid = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !valid {
            return Err(SettingsError::Endpoint);
        }
        Ok(endpoint.trim().trim_end_matches('/').to_owned())
    }
}

fn is_bucket_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (3..=63).contains(&name.len()) && name.bytes().all(allowed) && !name.contains("..")
}

fn is_region_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// An invalid setting. Contains no secret, and not the endpoint either, which may contain a password.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    #[error("`{0}` is not a valid bucket name")]
    Bucket(String),
    #[error("the public and the private bucket must be different")]
    SameBucket,
    #[error("the access key id and the secret access key must be set together")]
    HalfKeyPair,
    #[error("the timeout of the object store must not be zero")]
    Timeout,
    #[error("`{0}` is not a valid region name")]
    Region(String),
    #[error(
        "the object store's endpoint must look like https://host[:port], without a user, query or fragment"
    )]
    Endpoint,
    #[error("the HTTP client for the object store cannot be created")]
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
        settings.validated_region().unwrap().host()
    }

    #[test]
    fn the_default_endpoint_is_aws_with_a_host_per_bucket() {
        let mut settings = settings();
        assert_eq!(host(&settings), "s3.ap-northeast-2.amazonaws.com");
        assert!(!settings.path_style());
        settings.region = "cn-north-1".to_owned();
        assert_eq!(host(&settings), "s3.cn-north-1.amazonaws.com.cn");
        settings.public_bucket = "media.example".to_owned();
        assert!(settings.path_style());
    }

    #[test]
    fn an_endpoint_implies_path_style_buckets() {
        let mut settings = settings();
        settings.endpoint = Some("http://localhost:9000/".to_owned());
        assert_eq!(host(&settings), "localhost:9000");
        assert!(settings.path_style());
    }

    #[test]
    fn invalid_settings_are_refused() {
        let refused = |change: fn(&mut Settings)| {
            let mut settings = settings();
            change(&mut settings);
            settings.validated_region().unwrap_err()
        };
        assert_eq!(
            refused(|s| s.private_bucket = "media".to_owned()),
            SettingsError::SameBucket
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
                settings.validated_region().unwrap_err(),
                SettingsError::Endpoint,
                "{endpoint}"
            );
        }
    }
}
