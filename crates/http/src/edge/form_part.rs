//! Limits of the fields of a multipart form.

use domain::FieldError;

#[derive(Debug, Clone)]
pub enum Part {
    /// A string, repeated up to `max_count` times.
    Text {
        /// A memory limit, well above the limit of the field. A longer text is discarded.
        max_bytes: usize,
        max_count: usize,
        /// Error for a discarded text: the one that the field itself reports.
        too_long: FieldError,
    },
    /// Up to `max_count` files of at most `max_bytes` each. Further files are counted and discarded.
    File { max_bytes: u64, max_count: usize },
}

impl Part {
    /// A string that is not repeated.
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
