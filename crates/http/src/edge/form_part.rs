//! What a field of a multipart form may hold.

use domain::FieldError;

/// The limits of one field.
#[derive(Debug, Clone)]
pub enum Part {
    /// A text, repeated up to `max_count` times. Of one longer than `max_bytes`, far more than the field takes, nothing
    /// is kept; its fault is `too_long`, the field's own rule.
    Text {
        /// Longest text.
        max_bytes: usize,
        /// Most repeats.
        max_count: usize,
        /// FieldError of a longer one.
        too_long: FieldError,
    },
    /// Up to `max_count` files of at most `max_bytes` each. Further ones are counted and not kept.
    File {
        /// Largest file.
        max_bytes: u64,
        /// Most files.
        max_count: usize,
    },
}

impl Part {
    /// A text that is sent once.
    pub fn text(max_bytes: usize, too_long: FieldError) -> Self {
        Self::Text {
            max_bytes,
            max_count: 1,
            too_long,
        }
    }

    pub(crate) fn too_long(self) -> FieldError {
        match self {
            Self::Text { too_long, .. } => too_long,
            Self::File { max_bytes, .. } => FieldError::ImageSize { max: max_bytes },
        }
    }
}
