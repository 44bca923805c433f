//! Bodies of `/api/users`.

use domain::{
    styles::upload::MAX_SIGNATURE_BYTES,
    users::{ArtistName, Bio, EmailAddress, MAX_PICTURE_BYTES, Username},
};

use crate::{
    edge::fields::{ImageUpload, NonNull, Nullable},
    request,
};

/// A PNG of one pixel.
const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

request! {
    /// JSON, or multipart with the signature as a file.
    pub struct UpgradeToArtist {
        /// Name to work under.
        artist_name: ArtistName = "Demo Artist",
        /// Business address.
        verified_email: EmailAddress = "artist@example.com",
        /// PNG or JPEG, at most 2 MB: a `data:` URL, or a file part in a multipart body.
        signature_image: ImageUpload<MAX_SIGNATURE_BYTES> = PIXEL,
    }
}

request! {
    /// JSON, or multipart with the picture as a file. What is absent stays.
    pub struct UpdateProfile {
        /// Unique name.
        username: NonNull<Username> = "demo_artist",
        /// Self-description; an empty one or null removes it.
        bio: Nullable<Bio> = "Ink and rain.",
        /// PNG or JPEG, at most 5 MB: a `data:` URL, or a file part in a multipart body. In JSON, null removes it.
        profile_image: Nullable<ImageUpload<MAX_PICTURE_BYTES>> = PIXEL,
    }
}
