//! Replaces values that differ between runs: URLs with random ports, keys and signatures.

use super::Platform;

/// The rest of a text after these is random.
const RANDOM_AFTER: [&str; 7] = [
    "?X-Amz-",
    "?client_id=",
    "?response_type=",
    "callback?code=",
    "?state=",
    "paymentKey=",
    "/v1/payments/",
];

/// URLs of a platform and the fixed URLs that replace them.
pub struct Masks(Vec<(String, &'static str)>);

impl Masks {
    pub fn of(platform: &Platform) -> Self {
        Self(vec![
            (platform.base.clone(), "http://localhost:8000"),
            (platform.storage.endpoint.clone(), "http://localhost:8001"),
            (platform.login.issuer().to_owned(), "http://localhost:8002"),
            (platform.payments.base_url().to_owned(), "http://localhost:8003"),
        ])
    }

    /// Replaces URLs, replaces each random key by `key` of it, and truncates the text where the rest is random.
    pub fn mask(&self, text: &str, key: impl FnMut(&str) -> String) -> String {
        let mut text = text.to_owned();
        for (real, fixed) in &self.0 {
            text = text.replace(real, fixed);
        }
        let text = replace_keys(&text, key);
        for start in RANDOM_AFTER {
            if let Some(at) = text.find(start) {
                return format!("{}…", &text[..at + start.len()]);
            }
        }
        text
    }
}

/// Replaces runs of exactly 32 hexadecimal digits.
fn replace_keys(text: &str, mut key: impl FnMut(&str) -> String) -> String {
    let mut replaced = String::new();
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_hexdigit() {
            run.push(c);
            continue;
        }
        replaced.push_str(&if run.len() == 32 { key(&run) } else { run.clone() });
        run.clear();
        replaced.push(c);
    }
    replaced.pop();
    replaced
}

#[cfg(test)]
mod tests {
    use super::replace_keys;

    #[test]
    fn only_whole_keys_are_replaced() {
        let key = "ab".repeat(16);
        let named = replace_keys(&format!("a/{key}.png"), |found| {
            assert_eq!(found, key);
            "KEY".to_owned()
        });
        assert_eq!(named, "a/KEY.png");
        for text in ["a/abc.png", &"ab".repeat(17), "", "bed"] {
            assert_eq!(replace_keys(text, |_| unreachable!()), text);
        }
    }
}
