//! The platform's buckets, and the URLs that refer to them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::{ObjectAddress, UriScheme, key_error};
use crate::FieldError;

/// The platform's buckets and their URLs.
#[derive(Debug, Clone)]
pub struct Buckets {
    /// Thumbnails, pictures and generated images. Publicly readable.
    pub public: String,
    /// Training images, models and signatures.
    pub private: String,
    /// Base of public URLs (`MEDIA_PUBLIC_URL`), without a trailing slash.
    pub public_base_url: String,
    /// URL of a store other than AWS (`AWS_S3_ENDPOINT_URL`), without a trailing slash.
    pub endpoint: Option<String>,
    pub scheme: UriScheme,
}

impl Buckets {
    /// An object in the public bucket.
    pub fn public(&self, key: impl Into<String>) -> ObjectAddress {
        ObjectAddress::new(&self.public, key)
    }

    /// An object in the private bucket.
    pub fn private(&self, key: impl Into<String>) -> ObjectAddress {
        ObjectAddress::new(&self.private, key)
    }

    /// Public URL of an object; `None` outside of the public bucket.
    pub fn public_url(&self, object: &ObjectAddress) -> Option<String> {
        let key = utf8_percent_encode(&object.key, ESCAPED);
        (object.bucket == self.public).then(|| format!("{}/{key}", self.public_base_url))
    }

    /// Parses the location that a worker reports for an image: `s3://`, `gs://` or an HTTP URL, inside one of our
    /// buckets.
    pub fn parse_result(&self, url: &str) -> Result<ObjectAddress, FieldError> {
        self.parse_model(url).or_else(|_| self.parse_http(url.trim()))
    }

    /// Parses the location that a worker reports for a model: `s3://` or `gs://`, inside one of our buckets. The key
    /// is not percent-decoded.
    pub fn parse_model(&self, uri: &str) -> Result<ObjectAddress, FieldError> {
        let uri = uri.trim();
        let rest = uri.strip_prefix("s3://").or_else(|| uri.strip_prefix("gs://"));
        let (bucket, key) = rest
            .and_then(|r| r.split_once('/'))
            .ok_or(FieldError::ForeignAddress)?;
        self.object(bucket, key)
    }

    /// Accepts URLs below the public base URL, URLs of our buckets at the store's endpoint, and URLs of our buckets at
    /// AWS or Google: `https://bucket.s3….amazonaws.com/key`, `https://storage.googleapis.com/bucket/key`. Ignores
    /// query and fragment, which may be a signature.
    fn parse_http(&self, url: &str) -> Result<ObjectAddress, FieldError> {
        let url = Url::parse(url).map_err(|_| FieldError::ForeignAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FieldError::ForeignAddress);
        }
        if let Some(key) = key_below(&url, &self.public_base_url) {
            return self.object(&self.public, &key);
        }
        if let Some(path) = self
            .endpoint
            .as_deref()
            .and_then(|endpoint| key_below(&url, endpoint))
        {
            let (bucket, key) = path.split_once('/').ok_or(FieldError::ForeignAddress)?;
            return self.object(bucket, key);
        }
        let path = percent_decode(url.path().trim_start_matches('/'))?;
        let host = url
            .host_str()
            .filter(|_| url.scheme() == "https" && url.port().is_none());
        let host = host.ok_or(FieldError::ForeignAddress)?;
        for bucket in [&self.public, &self.private] {
            let is_aws = host
                .strip_prefix(&format!("{bucket}.s3"))
                .is_some_and(is_aws_domain);
            if is_aws || host == format!("{bucket}.storage.googleapis.com") {
                return self.object(bucket, &path);
            }
        }
        let path_style =
            host == "storage.googleapis.com" || host.strip_prefix("s3").is_some_and(is_aws_domain);
        match path.split_once('/') {
            Some((bucket, key)) if path_style => self.object(bucket, key),
            _ => Err(FieldError::ForeignAddress),
        }
    }

    fn object(&self, bucket: &str, key: &str) -> Result<ObjectAddress, FieldError> {
        let is_ours = bucket == self.public || bucket == self.private;
        if is_ours && key_error(key).is_none() {
            Ok(ObjectAddress::new(bucket, key))
        } else {
            Err(FieldError::ForeignAddress)
        }
    }
}

/// Characters of a key that are percent-encoded in a URL. `/` separates path segments.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The decoded path of `url` below `base`; `None` when scheme, host, port or path prefix differ.
fn key_below(url: &Url, base: &str) -> Option<String> {
    let base = Url::parse(base).ok()?;
    if base.origin() != url.origin() {
        return None;
    }
    let rest = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
    percent_decode(rest.strip_prefix('/')?).ok()
}

fn percent_decode(path: &str) -> Result<String, FieldError> {
    let text = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| FieldError::ForeignAddress)?;
    Ok(text.into_owned())
}

/// Whether `suffix` is `.region.amazonaws.com`, `-region.amazonaws.com` or `.amazonaws.com`.
fn is_aws_domain(suffix: &str) -> bool {
    let region = suffix.strip_suffix(".amazonaws.com");
    region.is_some_and(|region| {
        (region.is_empty() || region.starts_with(['.', '-']))
            && region
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets() -> Buckets {
        Buckets {
            public: "media".into(),
            private: "media-private".into(),
            public_base_url: "https://cdn.example.com/media".into(),
            endpoint: Some("http://store.example.com:9000".into()),
            scheme: UriScheme::S3,
        }
    }

    #[test]
    fn urls_inside_our_buckets_are_parsed() {
        let image = ObjectAddress::new("media", "generations/a.png");
        for url in [
            "s3://media/generations/a.png",
            "gs://media/generations/a.png",
            "https://cdn.example.com/media/generations/a.png?x=1",
            "https://media.s3.ap-northeast-2.amazonaws.com/generations/a.png",
            "https://media.s3.amazonaws.com/generations/a.png",
            "https://s3.ap-northeast-2.amazonaws.com/media/generations/a.png",
            "https://storage.googleapis.com/media/generations/a.png",
            "http://store.example.com:9000/media/generations/a.png?X-Amz-Signature=abc",
            " https://MEDIA.S3.amazonaws.com:443/generations/a.png ",
            "https://media.s3.amazonaws.com/generations/%61.png",
        ] {
            assert_eq!(buckets().parse_result(url).as_ref(), Ok(&image), "{url}");
        }
    }

    #[test]
    fn w5_other_urls_are_refused() {
        for url in [
            "javascript:alert(1)",
            "http://media.s3.amazonaws.com/a.png",
            "https://evil.example.com/media/a.png",
            "https://media.s3.evil.com/a.png",
            "https://media.s3.amazonaws.com.evil.com/a.png",
            "https://cdn.example.com.evil.com/media/a.png",
            "s3://other/a.png",
            "s3://media/../media-private/a.png",
            "s3://media//a.png",
            "s3://media/",
            "s3://media",
            "https://cdn.example.com/media/%2e%2e/media-private/a.png",
            "https://storage.googleapis.com/media/..%2fmedia-private/a.png",
            "https://user@media.s3.amazonaws.com/a.png",
            "https://media.s3x.amazonaws.com/a.png",
            "http://store.example.com/media/a.png",
            "http://store.example.com:9000/other/a.png",
            "",
        ] {
            assert_eq!(
                buckets().parse_result(url),
                Err(FieldError::ForeignAddress),
                "{url}"
            );
        }
    }

    #[test]
    fn a_public_url_round_trips_special_characters() {
        let object = ObjectAddress::new("media", "generations/a b#?%.png");
        let url = buckets().public_url(&object).unwrap();
        assert_eq!(
            url,
            "https://cdn.example.com/media/generations/a%20b%23%3F%25.png"
        );
        assert_eq!(buckets().parse_result(&url), Ok(object));
        assert_eq!(
            buckets().public_url(&ObjectAddress::new("media-private", "a")),
            None
        );
    }

    #[test]
    fn a_model_is_not_parsed_from_an_http_url() {
        assert!(
            buckets()
                .parse_model("s3://media-private/models/style-1/adapter_model.safetensors")
                .is_ok()
        );
        assert!(
            buckets()
                .parse_model("https://cdn.example.com/media/m.safetensors")
                .is_err()
        );
    }
}
