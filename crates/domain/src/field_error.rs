//! Validation errors of one field. The HTTP layer renders them in the user's language.

use thiserror::Error;

/// Why a value is invalid. Lengths count characters (Unicode scalar values), not bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FieldError {
    /// The field is missing, null or blank.
    #[error("is required")]
    Required,
    #[error("must have at least {min} characters")]
    TooShort { min: usize },
    #[error("must have at most {max} characters")]
    TooLong { max: usize },
    #[error("must be between {min} and {max}")]
    OutOfRange { min: i64, max: i64 },
    /// Entries of a list.
    #[error("must have between {min} and {max} entries")]
    WrongCount { min: usize, max: usize },
    #[error("must be one of: {}", allowed.join(", "))]
    NotOneOf { allowed: &'static [&'static str] },
    #[error("must be {expected}")]
    WrongType { expected: FieldType },
    /// A NUL or another control character.
    #[error("contains a character that is not allowed")]
    ForbiddenCharacter,
    /// Text in the wrong format (e-mail address, time, data URL …).
    #[error("is not valid")]
    Malformed,
    #[error("must be in the future")]
    InThePast,
    /// A tag outside `[a-z0-9 _'-]`.
    #[error("must be in English: letters, digits, space, _ ' and - only")]
    TagLanguage,
    /// A URL outside of the platform's buckets.
    #[error("must be an address inside the platform's storage")]
    ForeignAddress,
    /// Checked by content, not by name.
    #[error("must be a PNG or JPEG image")]
    ImageFormat,
    #[error("must not exceed {max} bytes")]
    ImageSize { max: u64 },
    #[error("must be at least {min} pixels on each side")]
    ImageTooSmall { min: u32 },
    /// Checked by the header, before decoding.
    #[error("has more pixels than the {max} allowed")]
    ImageTooLarge {
        /// Width × height.
        max: u64,
    },
}

/// The JSON or form type a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    Text,
    Integer,
    Boolean,
    List,
    Object,
    /// A file part of a multipart body.
    File,
}

impl std::fmt::Display for FieldType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::List => "a list",
            Self::Object => "an object",
            Self::File => "a file",
        })
    }
}
