//! The artist side of an account.

use crate::{ArtistId, ObjectAddress, Tokens, text, users::EmailAddress};

text::text_type! {
    /// The name an artist works under.
    ArtistName, 1, 100, one_line
}

/// What makes an account an artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistProfile {
    pub id: ArtistId,
    pub artist_name: ArtistName,
    /// Stamped on images made in the artist's styles; private bucket.
    pub signature: Option<ObjectAddress>,
    pub verified_email: Option<EmailAddress>,
    /// Tokens earned, folded in.
    pub earned: Tokens,
}
