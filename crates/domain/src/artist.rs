//! The artist side of an account.

use crate::{ArtistId, ObjectAddress, Tokens, text, user::EmailAddress};

text::text_type! {
    /// The name an artist works under.
    ArtistName, 1, 100, one_line
}

/// What makes an account an artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistProfile {
    /// The account.
    pub id: ArtistId,
    /// Name to show.
    pub artist_name: ArtistName,
    /// Stamped on images made in the artist's styles; private bucket.
    pub signature: Option<ObjectAddress>,
    /// Address for the artist's business.
    pub verified_email: Option<EmailAddress>,
    /// Tokens earned, folded in.
    pub earned: Tokens,
}
