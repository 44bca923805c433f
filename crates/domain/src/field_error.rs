//! What can be wrong with one field of an input. The edge renders a fault in the reader's language.

use thiserror::Error;

/// Why a value was refused. Lengths count characters (Unicode scalar values), not bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FieldError {
    /// The field is missing, null or blank.
    #[error("is required")]
    Required,
    /// Text shorter than `min` characters.
    #[error("must have at least {min} characters")]
    TooShort {
        /// Fewest characters allowed.
        min: usize,
    },
    /// Text longer than `max` characters.
    #[error("must have at most {max} characters")]
    TooLong {
        /// Most characters allowed.
        max: usize,
    },
    /// A number outside `min..=max`.
    #[error("must be between {min} and {max}")]
    OutOfRange {
        /// Smallest value allowed.
        min: i64,
        /// Largest value allowed.
        max: i64,
    },
    /// A list with fewer than `min` or more than `max` entries.
    #[error("must have between {min} and {max} entries")]
    WrongCount {
        /// Fewest entries allowed.
        min: usize,
        /// Most entries allowed.
        max: usize,
    },
    /// Not one of a closed set of words.
    #[error("must be one of: {allowed}")]
    NotOneOf {
        /// The words allowed, separated by commas.
        allowed: &'static str,
    },
    /// A value of another type than the field takes.
    #[error("must be {expected}")]
    WrongType { expected: FieldType },
    /// Text with a NUL or another control character that no field takes.
    #[error("contains a character that is not allowed")]
    ForbiddenCharacter,
    /// Text that does not have the field's form (an e-mail address, a time, a data URL …).
    #[error("is not valid")]
    Malformed,
    /// A time that must be still to come.
    #[error("must be in the future")]
    InThePast,
    /// A tag outside `[a-z0-9 _'-]`.
    #[error("must be in English: letters, digits, space, _ ' and - only")]
    TagLanguage,
    /// An address that does not point into one of the platform's buckets.
    #[error("must be an address inside the platform's storage")]
    ForeignAddress,
    /// A file that is neither a PNG nor a JPEG by its content.
    #[error("must be a PNG or JPEG image")]
    ImageFormat,
    /// A file with more than `max` bytes.
    #[error("must not exceed {max} bytes")]
    ImageSize {
        /// Most bytes allowed.
        max: u64,
    },
    /// An image smaller than `min` pixels on one side.
    #[error("must be at least {min} pixels on each side")]
    ImageTooSmall {
        /// Fewest pixels on a side.
        min: u32,
    },
    /// An image whose header claims more pixels than the platform decodes.
    #[error("has more pixels than the {max} allowed")]
    ImageTooLarge {
        /// Most pixels (width × height).
        max: u64,
    },
}

/// The JSON or form type a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
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
