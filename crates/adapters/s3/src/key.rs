//! Which object keys may become the path of a request.

/// S3's own limit.
const MAX_KEY_BYTES: usize = 1024;

/// Says what is wrong with a key, if anything.
///
/// A key is joined to its bucket's path, and addresses are normalized: `..` would reach into another bucket, and
/// deleting the empty key would be a request to delete the bucket.
pub(crate) fn fault_of_key(key: &str) -> Option<&'static str> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return Some("a key has 1 to 1024 bytes");
    }
    if key.starts_with('/') {
        return Some("a key does not start with a slash");
    }
    if key.chars().any(char::is_control) {
        return Some("a key holds no control characters");
    }
    if key.split('/').any(|part| part == "." || part == "..") {
        return Some("a key has no `.` or `..` part");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::fault_of_key;

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
            assert_eq!(fault_of_key(key), None, "{key}");
        }
    }

    #[test]
    fn keys_that_would_reach_elsewhere_are_refused() {
        for key in [
            "",
            "/a",
            "..",
            ".",
            "../private/secret",
            "a/../../private/secret",
            "a/./b",
            "a\0b",
            "a\r\nb",
            &"k".repeat(1025),
        ] {
            assert!(fault_of_key(key).is_some(), "{key:?}");
        }
    }
}
