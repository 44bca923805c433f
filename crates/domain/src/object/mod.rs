//! Stored objects. The database stores bucket and key; URLs are rendered in responses.

mod buckets;
mod storage;

pub use {buckets::*, storage::*};

use crate::{GenerationId, StyleId};

/// A bucket and a key in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectAddress {
    pub bucket: String,
    /// Without a leading slash.
    pub key: String,
}

impl ObjectAddress {
    pub fn new(bucket: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            key: key.into(),
        }
    }

    /// The URI for workers: `s3://bucket/key`.
    pub fn uri(&self, scheme: UriScheme) -> String {
        format!("{}://{}/{}", scheme.as_str(), self.bucket, self.key)
    }
}

/// Scheme of the URIs in messages to workers (`STORAGE_URI_SCHEME`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UriScheme {
    #[default]
    S3,
    /// For workers that use Google's S3 interface.
    Gs,
}

impl UriScheme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gs => "gs",
        }
    }
}

/// Why an object key is invalid; `None` for a valid key.
///
/// Keys are joined to the bucket's path in URLs and on disk. `..` or a leading slash would leave the bucket, and a
/// DELETE of the empty key would delete the bucket.
pub fn key_error(key: &str) -> Option<&'static str> {
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

/// Limit of S3.
const MAX_KEY_BYTES: usize = 1024;

/// Key of the trained model of `style`.
pub fn model_key(style: StyleId) -> String {
    format!("models/style-{style}/adapter_model.safetensors")
}

/// Key of an image by workers that do not know `result_key`.
pub fn legacy_result_key(generation: GenerationId) -> String {
    format!("generations/gen-{generation}.png")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_keys_are_accepted() {
        for key in [
            "a",
            "models/style-7/adapter_model.safetensors",
            "..a/b..",
            "a b+c%2F.png",
            "한글.png",
            &"k".repeat(1024),
        ] {
            assert_eq!(key_error(key), None, "{key}");
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
            assert!(key_error(key).is_some(), "{key:?}");
        }
    }
}
