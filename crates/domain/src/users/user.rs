//! Accounts: who somebody is.

use chrono::{DateTime, Utc};
use unicode_normalization::UnicodeNormalization;

use crate::{FieldError, ObjectAddress, UserId, text, users::ArtistProfile};

text::text_type! {
    /// A name shown beside a person's work, unique on the platform.
    Username, 3, 50, one_line
}

text::text_type! {
    /// What a person says about themselves.
    Bio, 0, 500
}

/// Largest file of a profile picture, in bytes.
pub const MAX_PICTURE_BYTES: u64 = 5 * 1024 * 1024;

/// Longer side of a profile picture as it is kept, in pixels.
pub const PICTURE_SIDE: u32 = 512;

impl Username {
    /// A first name for a new account: the local part of the e-mail address, reduced to letters, digits and
    /// `._-`, padded when short. Made unique by [`Username::numbered`].
    pub fn from_email(email: &str) -> Self {
        let local = email.split('@').next().unwrap_or_default();
        let mut name: String = local
            .nfc()
            .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
            // A filler of Hangul counts as a letter.
            .filter(|c| !text::is_invisible(*c))
            .take(39)
            .collect();
        while name.chars().count() < Self::MIN {
            name.push('_');
        }
        Self(name)
    }

    /// The same name with `suffix` appended, within the length allowed.
    #[must_use]
    pub fn numbered(&self, suffix: u32) -> Self {
        Self(format!("{}_{suffix}", self.0))
    }
}

text::text_type! {
    /// An e-mail address: something, an `@`, a host with a dot or `localhost`. Proven only by the login provider.
    EmailAddress, 3, 254, one_line
}

impl EmailAddress {
    /// Checks the form beyond the length.
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

/// What the platform shows as a person's role. Artist rights come from the artist profile, so an admin keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Spends tokens.
    User,
    Artist,
    Admin,
}

impl Role {
    /// Admin wins over artist, artist over user.
    pub fn of(is_admin: bool, is_artist: bool) -> Self {
        match (is_admin, is_artist) {
            (true, _) => Self::Admin,
            (false, true) => Self::Artist,
            (false, false) => Self::User,
        }
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Artist => "artist",
            Self::Admin => "admin",
        }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// Unique name.
    pub username: Username,
    /// False once deactivated: cannot log in, hidden from others.
    pub is_active: bool,
    /// Whether the account runs the platform.
    pub is_admin: bool,
    pub created_at: DateTime<Utc>,
}

/// What an account shows of itself, and its artist side when it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProfile {
    pub user_id: UserId,
    pub bio: Option<Bio>,
    /// Picture in the public bucket.
    pub profile_image: Option<ObjectAddress>,
    pub artist: Option<ArtistProfile>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_comes_from_the_local_part() {
        assert_eq!(
            Username::from_email("mina.k+art@example.com").as_str(),
            "mina.kart"
        );
        assert_eq!(Username::from_email("x@example.com").as_str(), "x__");
        let long = format!("{}@example.com", "a".repeat(200));
        assert!(Username::parse(Username::from_email(&long).numbered(u32::MAX).as_str()).is_ok());
    }

    #[test]
    fn an_address_needs_a_host() {
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

    #[test]
    fn admin_shows_before_artist() {
        assert_eq!(Role::of(true, true), Role::Admin);
        assert_eq!(Role::of(false, true), Role::Artist);
        assert_eq!(Role::of(false, false), Role::User);
    }
}
