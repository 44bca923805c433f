//! E-mail addresses.

use crate::{FieldError, text};

text::text_type! {
    /// An e-mail address: local part, `@`, host with a dot or `localhost`. Only the login provider verifies it.
    EmailAddress, 3, 254, one_line
}

impl EmailAddress {
    /// Checks length and format.
    pub fn parse_address(raw: &str) -> Result<Self, FieldError> {
        let email = Self::parse(raw)?;
        let (local, host) = email.0.rsplit_once('@').ok_or(FieldError::Malformed)?;
        let host_ok = host.contains('.') || host == "localhost";
        if local.is_empty() || !host_ok || host.starts_with('.') || host.ends_with('.') {
            return Err(FieldError::Malformed);
        }
        if email.0.chars().any(char::is_whitespace) {
            return Err(FieldError::Malformed);
        }
        Ok(email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_needs_a_host() {
        assert!(EmailAddress::parse_address("a@example.com").is_ok());
        for bad in [
            "abc",
            "@example.com",
            "a@b",
            "a@.com",
            "a b@example.com",
            "a@example.",
        ] {
            assert_eq!(
                EmailAddress::parse_address(bad),
                Err(FieldError::Malformed),
                "{bad}"
            );
        }
    }
}
