//! Validation of the `next` parameter of a login (open redirects).

use url::Url;

/// Whether every browser resolves `next` to a path on the web client.
pub(super) fn is_safe_path(frontend: &Url, next: &str) -> bool {
    let is_plain_path = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2000
        && !next.chars().any(|c| c == '\\' || c.is_control());
    is_plain_path
        && frontend
            .join(next)
            .is_ok_and(|joined| joined.origin() == frontend.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o8_next_is_a_path_on_the_web_client() {
        let frontend = Url::parse("https://app.example.com").unwrap();
        for path in ["/", "/styles/7?tab=a#b", "/@evil.example.com"] {
            assert!(is_safe_path(&frontend, path), "{path}");
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
