//! The artist profile.

use crate::{ObjectAddress, text, users::EmailAddress};

text::text_type! {
    /// Public name of an artist.
    ArtistName, 1, 100, one_line
}

/// The artist profile of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistProfile {
    pub artist_name: ArtistName,
    /// Drawn on images in the artist's styles. Private bucket.
    pub signature: Option<ObjectAddress>,
    pub verified_email: Option<EmailAddress>,
    pub follower_count: i64,
}
