//! Which object keys may become file names.

/// Keys must be shorter than this: the file store writes a side file whose name holds the key in base64.
const MAX_KEY_BYTES: usize = 150;

/// Says what is wrong with a key, if anything.
///
/// Keys are joined to the bucket's folder, so `..` and a leading `/` would reach into the other bucket: every
/// part between slashes has to be an ordinary name.
pub(super) fn fault_of_key(key: &str) -> Option<&'static str> {
    if key.len() >= MAX_KEY_BYTES {
        return Some("keys of this storage are shorter than 150 bytes");
    }
    if key.contains('\0') {
        return Some("a key cannot hold a NUL character");
    }
    let ordinary = |part: &str| !part.is_empty() && part != "." && part != "..";
    if !key.split('/').all(ordinary) {
        return Some("a key cannot have an empty, `.` or `..` part");
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
            "thumbnails/0198.jpg",
            "models/style-7/adapter_model.safetensors",
            "..a/b..",
            "한글.png",
            &"k".repeat(149),
        ] {
            assert_eq!(fault_of_key(key), None, "{key}");
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
            "a\0b",
            &"k".repeat(150),
        ] {
            assert!(fault_of_key(key).is_some(), "{key:?}");
        }
    }
}
