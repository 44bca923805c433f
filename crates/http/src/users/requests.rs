//! Request types of `/api/users`.

use domain::{
    styles::upload::MAX_SIGNATURE_BYTES,
    users::{ArtistName, Bio, EmailAddress, MAX_PICTURE_BYTES, Username},
};

use crate::{
    edge::fields::{ImageUpload, NonNull, Nullable},
    request,
};

/// A PNG file with one pixel.
const PNG_EXAMPLE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

request! {
    /// An upgrade to an artist, as JSON or as a multipart form with the signature as a file.
    pub struct UpgradeToArtist {
        /// Public name of the artist.
        artist_name: ArtistName = "Demo Artist",
        /// Business email address.
        verified_email: EmailAddress = "artist@example.com",
        /// PNG or JPEG of at most 2 MB: a `data:` URL, or a file in a multipart form.
        signature_image: ImageUpload<MAX_SIGNATURE_BYTES> = PNG_EXAMPLE,
    }
}

request! {
    /// An update of the profile, as JSON or as a multipart form with the image as a file. Absent fields do not change.
    pub struct UpdateProfile {
        /// New username. It must be unique.
        username: NonNull<Username> = "demo_artist",
        /// New biography; an empty string or null removes it.
        bio: Nullable<Bio> = "Ink and rain.",
        /// PNG or JPEG of at most 5 MB: a `data:` URL, or a file in a multipart form. Null in JSON removes it.
        profile_image: Nullable<ImageUpload<MAX_PICTURE_BYTES>> = PNG_EXAMPLE,
    }
}
