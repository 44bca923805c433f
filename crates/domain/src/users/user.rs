//! Accounts and their profiles.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use unicode_normalization::UnicodeNormalization;

use crate::{ObjectAddress, UserId, text, users::ArtistProfile};

text::text_type! {
    /// Unique name of an account.
    Username, 3, 50, one_line
}

text::text_type! {
    /// Self-description.
    Bio, 0, 500
}

/// Maximum size of an uploaded profile picture.
pub const MAX_PICTURE_BYTES: u64 = 5 * 1024 * 1024;

/// Maximum width and height of a stored profile picture.
pub const PICTURE_SIDE: u32 = 512;

impl Username {
    /// The username of a new account: the local part of the e-mail address, reduced to letters, digits and `._-`,
    /// padded when too short. [`Username::numbered`] makes it unique.
    pub fn from_email(email: &str) -> Self {
        let local = email.split('@').next().unwrap_or_default();
        let mut name: String = local
            .nfc()
            .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
            // Hangul fillers are alphanumeric but invisible.
            .filter(|c| !text::is_invisible(*c))
            .take(39)
            .collect();
        while name.chars().count() < Self::MIN {
            name.push('_');
        }
        Self(name)
    }

    /// Appends `suffix`. The result does not exceed [`Username::MAX`] for names of [`Username::from_email`].
    #[must_use]
    pub fn numbered(&self, suffix: u32) -> Self {
        Self(format!("{}_{suffix}", self.0))
    }
}

/// Role of an account. Artist permissions depend on the artist profile, so an administrator can be an artist too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    User,
    Artist,
    Admin,
}

crate::string_enum::string_enum! { Role }

impl Role {
    /// Admin before artist, artist before user.
    pub fn of(is_admin: bool, is_artist: bool) -> Self {
        match (is_admin, is_artist) {
            (true, _) => Self::Admin,
            (false, true) => Self::Artist,
            (false, false) => Self::User,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub username: Username,
    pub is_admin: bool,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProfile {
    pub bio: Option<Bio>,
    /// Public bucket.
    pub profile_image: Option<ObjectAddress>,
    /// `None` when the account is not an artist.
    pub artist: Option<ArtistProfile>,
}

impl UserProfile {
    /// The role of `user`, the owner of this profile.
    pub fn role(&self, user: &User) -> Role {
        Role::of(user.is_admin, self.artist.is_some())
    }
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
    fn admin_comes_before_artist() {
        assert_eq!(Role::of(true, true), Role::Admin);
        assert_eq!(Role::of(false, true), Role::Artist);
        assert_eq!(Role::of(false, false), Role::User);
    }
}
