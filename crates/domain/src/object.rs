//! Where a stored object lies. The database holds bucket and key; addresses are rendered at the edge.

use crate::{Fault, StyleId};

/// A bucket and a key in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectAddress {
    /// Bucket name.
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

    /// Reads the address a worker reports for an image: `s3://`, `gs://` or https inside one of our buckets.
    pub fn parse_result(&self, address: &str) -> Result<ObjectAddress, Fault> {
        match self.parse_model(address) {
            Ok(object) => Ok(object),
            Err(_) => self.parse_https(address),
        }
    }

    /// Reads the address a worker reports for a model: `s3://` or `gs://` inside one of our buckets.
    pub fn parse_model(&self, address: &str) -> Result<ObjectAddress, Fault> {
        let rest = address
            .strip_prefix("s3://")
            .or_else(|| address.strip_prefix("gs://"));
        let (bucket, key) = rest
            .and_then(|r| r.split_once('/'))
            .ok_or(Fault::ForeignAddress)?;
        self.inside(bucket, key)
    }

    /// An https address is ours when it starts with the public base, or when it names one of our buckets on a host
    /// of the object store: `https://bucket.s3….amazonaws.com/key`, `https://storage.googleapis.com/bucket/key`.
    fn parse_https(&self, address: &str) -> Result<ObjectAddress, Fault> {
        let path_of = |address: &str| address.split(['?', '#']).next().unwrap_or_default().to_owned();
        if let Some(key) = address.strip_prefix(&format!("{}/", self.public_base_url)) {
            return self.inside(&self.public, &path_of(key));
        }
        let rest = address.strip_prefix("https://").ok_or(Fault::ForeignAddress)?;
        let (host, path) = rest.split_once('/').ok_or(Fault::ForeignAddress)?;
        let path = path_of(path);
        for bucket in [&self.public, &self.private] {
            let on_amazon = host
                .strip_prefix(&format!("{bucket}.s3"))
                .is_some_and(|tail| tail.starts_with(['.', '-']) && is_amazon_tail(tail));
            if on_amazon || host == format!("{bucket}.storage.googleapis.com") {
                return self.inside(bucket, &path);
            }
        }
        let path_style = host == "storage.googleapis.com"
            || host
                .strip_prefix("s3")
                .is_some_and(|tail| tail.starts_with(['.', '-']) && is_amazon_tail(tail));
        match path.split_once('/') {
            Some((bucket, key)) if path_style => self.inside(bucket, key),
            _ => Err(Fault::ForeignAddress),
        }
    }

    fn inside(&self, bucket: &str, key: &str) -> Result<ObjectAddress, Fault> {
        let ours = bucket == self.public || bucket == self.private;
        let clean = !key.is_empty()
            && key.len() <= 1024
            && !key.chars().any(|c| c.is_control() || matches!(c, '%' | '\\'))
            && key.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if ours && clean {
            Ok(ObjectAddress::new(bucket, key))
        } else {
            Err(Fault::ForeignAddress)
        }
    }
}

/// `.region.amazonaws.com`, `-region.amazonaws.com` or `.amazonaws.com`, and nothing longer behind it.
fn is_amazon_tail(tail: &str) -> bool {
    tail.strip_suffix(".amazonaws.com")
        .or_else(|| (tail == ".amazonaws.com").then_some(""))
        .is_some_and(|region| {
            region
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
            "s3://media/a%2e%2e/b",
            "",
        ] {
            assert_eq!(
                buckets().parse_result(address),
                Err(Fault::ForeignAddress),
                "{address}"
            );
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
