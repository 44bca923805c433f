//! Where a stored object lies. The database holds bucket and key; addresses are rendered at the edge.

mod storage;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

pub use storage::*;

use crate::{FieldError, StyleId};

/// A bucket and a key in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectAddress {
    pub bucket: String,
    /// Object key, without a leading slash.
    pub key: String,
}

impl ObjectAddress {
    /// Names an object.
    pub fn new(bucket: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            key: key.into(),
        }
    }

    /// The address with a scheme, as workers read it: `s3://bucket/key`.
    pub fn uri(&self, scheme: UriScheme) -> String {
        format!("{}://{}/{}", scheme.as_str(), self.bucket, self.key)
    }
}

/// Scheme of the addresses in messages to workers (`STORAGE_URI_SCHEME`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UriScheme {
    /// `s3://`
    #[default]
    S3,
    /// `gs://`, for workers that use Google's S3 interface.
    Gs,
}

impl UriScheme {
    /// The word before `://`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gs => "gs",
        }
    }
}

/// The platform's buckets, and the rule which address lies inside one of them.
#[derive(Debug, Clone)]
pub struct Buckets {
    /// Thumbnails, pictures and generated images: readable by anybody who has the address.
    pub public: String,
    /// Training images, models and signatures.
    pub private: String,
    /// Base of public addresses (`MEDIA_PUBLIC_URL`), without a trailing slash.
    pub public_base_url: String,
    /// Address of a store that is not Amazon's (`AWS_S3_ENDPOINT_URL`), without a trailing slash.
    pub endpoint: Option<String>,
    /// Scheme used in messages to workers.
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

    /// Where anybody reads an object of the public bucket; `None` for one of another bucket.
    pub fn public_address(&self, object: &ObjectAddress) -> Option<String> {
        let key = utf8_percent_encode(&object.key, OUTSIDE_OF_KEYS);
        (object.bucket == self.public).then(|| format!("{}/{key}", self.public_base_url))
    }

    /// Reads the address a worker reports for an image: `s3://`, `gs://` or a web address inside one of our buckets.
    pub fn parse_result(&self, address: &str) -> Result<ObjectAddress, FieldError> {
        self.parse_model(address)
            .or_else(|_| self.parse_web(address.trim()))
    }

    /// Reads the address a worker reports for a model: `s3://` or `gs://` inside one of our buckets. The key is taken
    /// as it stands, nothing in it is decoded.
    pub fn parse_model(&self, address: &str) -> Result<ObjectAddress, FieldError> {
        let address = address.trim();
        let rest = address
            .strip_prefix("s3://")
            .or_else(|| address.strip_prefix("gs://"));
        let (bucket, key) = rest
            .and_then(|r| r.split_once('/'))
            .ok_or(FieldError::ForeignAddress)?;
        self.inside(bucket, key)
    }

    /// A web address is ours below the public base, below one of our buckets at the store's own address, or when it
    /// names one of our buckets on a host of Amazon's or Google's: `https://bucket.s3….amazonaws.com/key`,
    /// `https://storage.googleapis.com/bucket/key`. Query and fragment do not count: they may be a signature.
    fn parse_web(&self, address: &str) -> Result<ObjectAddress, FieldError> {
        let url = Url::parse(address).map_err(|_| FieldError::ForeignAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FieldError::ForeignAddress);
        }
        if let Some(key) = below(&url, &self.public_base_url) {
            return self.inside(&self.public, &key);
        }
        if let Some(path) = self
            .endpoint
            .as_deref()
            .and_then(|endpoint| below(&url, endpoint))
        {
            let (bucket, key) = path.split_once('/').ok_or(FieldError::ForeignAddress)?;
            return self.inside(bucket, key);
        }
        let path = decoded(url.path().trim_start_matches('/'))?;
        let host = url
            .host_str()
            .filter(|_| url.scheme() == "https" && url.port().is_none());
        let host = host.ok_or(FieldError::ForeignAddress)?;
        for bucket in [&self.public, &self.private] {
            let amazon = host
                .strip_prefix(&format!("{bucket}.s3"))
                .is_some_and(is_amazon_tail);
            if amazon || host == format!("{bucket}.storage.googleapis.com") {
                return self.inside(bucket, &path);
            }
        }
        let path_style =
            host == "storage.googleapis.com" || host.strip_prefix("s3").is_some_and(is_amazon_tail);
        match path.split_once('/') {
            Some((bucket, key)) if path_style => self.inside(bucket, key),
            _ => Err(FieldError::ForeignAddress),
        }
    }

    fn inside(&self, bucket: &str, key: &str) -> Result<ObjectAddress, FieldError> {
        let ours = bucket == self.public || bucket == self.private;
        if ours && key_fault(key).is_none() {
            Ok(ObjectAddress::new(bucket, key))
        } else {
            Err(FieldError::ForeignAddress)
        }
    }
}

/// What is wrong with an object key, if anything.
///
/// A key is joined to its bucket's path, in addresses and on disk: `..` or a leading slash would reach into another
/// bucket, and deleting the empty key would be a request to delete the bucket.
pub fn key_fault(key: &str) -> Option<&'static str> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return Some("a key has 1 to 1024 bytes");
    }
    if key.chars().any(|c| c.is_control() || c == '\\') {
        return Some("a key holds no control characters and no backslash");
    }
    if key.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some("a key has no empty, `.` or `..` part");
    }
    None
}

/// S3's own limit.
const MAX_KEY_BYTES: usize = 1024;

/// Characters of a key that cannot stand in an address as they are; `/` separates and stays.
const OUTSIDE_OF_KEYS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What comes after `base` in an address of the same scheme, host and port, decoded.
fn below(url: &Url, base: &str) -> Option<String> {
    let base = Url::parse(base).ok()?;
    if base.origin() != url.origin() {
        return None;
    }
    let rest = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
    decoded(rest.strip_prefix('/')?).ok()
}

/// A path as its server reads it.
fn decoded(path: &str) -> Result<String, FieldError> {
    let text = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| FieldError::ForeignAddress)?;
    Ok(text.into_owned())
}

/// `.region.amazonaws.com`, `-region.amazonaws.com` or `.amazonaws.com`, and nothing longer behind it.
fn is_amazon_tail(tail: &str) -> bool {
    let region = tail.strip_suffix(".amazonaws.com");
    region.is_some_and(|region| {
        (region.is_empty() || region.starts_with(['.', '-']))
            && region
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    })
}

/// Key at which a worker leaves the trained model of `style`.
pub fn model_key(style: StyleId) -> String {
    format!("models/style-{style}/adapter_model.safetensors")
}

/// Key that workers used before `result_key` was part of their task.
pub fn legacy_result_key(generation: crate::GenerationId) -> String {
    format!("generations/gen-{generation}.png")
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
    fn addresses_inside_our_buckets_are_read() {
        let image = ObjectAddress::new("media", "generations/a.png");
        for address in [
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
            assert_eq!(buckets().parse_result(address).as_ref(), Ok(&image), "{address}");
        }
    }

    #[test]
    fn w5_any_other_address_is_refused() {
        for address in [
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
                buckets().parse_result(address),
                Err(FieldError::ForeignAddress),
                "{address}"
            );
        }
    }

    #[test]
    fn a_public_address_leads_to_its_key_whatever_is_in_it() {
        let object = ObjectAddress::new("media", "generations/a b#?%.png");
        let address = buckets().public_address(&object).unwrap();
        assert_eq!(
            address,
            "https://cdn.example.com/media/generations/a%20b%23%3F%25.png"
        );
        assert_eq!(buckets().parse_result(&address), Ok(object));
        assert_eq!(
            buckets().public_address(&ObjectAddress::new("media-private", "a")),
            None
        );
    }

    #[test]
    fn ordinary_keys_pass() {
        for key in [
            "a",
            "models/style-7/adapter_model.safetensors",
            "..a/b..",
            "a b+c%2F.png",
            "한글.png",
            &"k".repeat(1024),
        ] {
            assert_eq!(key_fault(key), None, "{key}");
        }
    }

    #[test]
    fn keys_that_leave_their_bucket_or_break_file_names_are_refused() {
        for key in [
            "",
            ".",
            "..",
            "../private/secret",
            "a/../../private/secret",
            "a/./b",
            "/etc/passwd",
            "a//b",
            "folder/",
            "a\\b",
            "a\0b",
            "a\r\nb",
            &"k".repeat(1025),
        ] {
            assert!(key_fault(key).is_some(), "{key:?}");
        }
    }

    #[test]
    fn a_model_has_no_web_address() {
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
