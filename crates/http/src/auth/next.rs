//! Return path of a login.

use url::Url;

/// Whether `next` is a path on the web client, in any reading of a browser.
pub(super) fn is_safe_path(frontend: &Url, next: &str) -> bool {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2000
        && !next.chars().any(|c| c == '\\' || c.is_control());
    plain
        && frontend
            .join(next)
            .is_ok_and(|joined| joined.origin() == frontend.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o8_next_never_leaves_the_web_client() {
        let frontend = Url::parse("https://app.example.com").unwrap();
        for inside in ["/", "/styles/7?tab=a#b", "/@evil.example.com"] {
            assert!(is_safe_path(&frontend, inside), "{inside}");
        }
        let outside = [
            "//evil.example.com",
            "/\\evil.example.com",
            "https://evil.example.com",
            "evil",
            "",
            "/\t/evil",
            "/a\nb",
            "\\\\evil",
        ];
        for next in outside {
            assert!(!is_safe_path(&frontend, next), "{next}");
        }
    }
}
