//! Bodies of `/api/users`.

use utoipa::ToSchema;

/// Body of an upgrade: JSON, or multipart with the signature as a file.
#[derive(Debug, ToSchema)]
#[schema(as = UpgradeToArtist)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct UpgradeBody {
    /// Name to work under, 1 to 100 characters.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// Business address.
    #[schema(example = "artist@example.com")]
    pub verified_email: String,
    /// PNG or JPEG, at most 2 MB: a `data:` URL, or a file part in a multipart body.
    #[schema(example = "data:image/png;base64,iVBORw0KGgo…")]
    pub signature_image: String,
}

/// Body of a change of one's profile: JSON, or multipart with the picture as a file. What is absent stays.
#[derive(Debug, ToSchema)]
#[schema(as = ChangeProfile)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct ChangeProfileBody {
    /// Unique name, 3 to 50 characters.
    #[schema(example = "demo_artist")]
    pub username: Option<String>,
    /// Self-description, at most 500 characters; an empty one or null removes it.
    #[schema(example = "Ink and rain.")]
    pub bio: Option<String>,
    /// PNG or JPEG, at most 5 MB: a `data:` URL, or a file part in a multipart body. In JSON, null removes it.
    #[schema(example = "data:image/png;base64,iVBORw0KGgo…")]
    pub profile_image: Option<String>,
}
