//! What a form may hold.

use domain::FieldError;

/// The fields of a form and their limits.
#[derive(Debug, Clone)]
pub struct FormSpec {
    pub(super) max_total: u64,
    texts: Vec<TextSpec>,
    files: Vec<FileSpec>,
}

#[derive(Debug, Clone)]
pub(super) struct TextSpec {
    pub(super) name: &'static str,
    pub(super) max_bytes: usize,
    pub(super) max_count: usize,
    pub(super) too_long: FieldError,
}

#[derive(Debug, Clone)]
pub(super) struct FileSpec {
    pub(super) name: &'static str,
    pub(super) max_bytes: u64,
    pub(super) max_count: usize,
}

impl FormSpec {
    /// A form whose whole body has at most `max_total` bytes.
    pub fn new(max_total: u64) -> Self {
        Self {
            max_total,
            texts: Vec::new(),
            files: Vec::new(),
        }
    }

    /// A text. Of one with more than `max_bytes`, far more than the field takes, nothing is kept; its sender is told
    /// `too_long`, the field's own rule.
    #[must_use]
    pub fn text(self, name: &'static str, max_bytes: usize, too_long: FieldError) -> Self {
        self.texts(name, max_bytes, 1, too_long)
    }

    /// A text that may be repeated up to `max_count` times.
    #[must_use]
    pub fn texts(
        mut self,
        name: &'static str,
        max_bytes: usize,
        max_count: usize,
        too_long: FieldError,
    ) -> Self {
        self.texts.push(TextSpec {
            name,
            max_bytes,
            max_count,
            too_long,
        });
        self
    }

    /// A file of at most `max_bytes`.
    #[must_use]
    pub fn file(self, name: &'static str, max_bytes: u64) -> Self {
        self.files(name, max_bytes, 1)
    }

    /// Up to `max_count` files of at most `max_bytes` each. Further ones are counted and not kept.
    #[must_use]
    pub fn files(mut self, name: &'static str, max_bytes: u64, max_count: usize) -> Self {
        self.files.push(FileSpec {
            name,
            max_bytes,
            max_count,
        });
        self
    }

    pub(super) fn text_named(&self, name: &str) -> Option<&TextSpec> {
        self.texts.iter().find(|text| text.name == name)
    }

    pub(super) fn file_named(&self, name: &str) -> Option<&FileSpec> {
        self.files.iter().find(|file| file.name == name)
    }
}

impl FileSpec {
    /// The name of a fault: the field's, with the file's place where there can be several.
    pub(super) fn fault_name(&self, index: usize) -> String {
        if self.max_count == 1 {
            self.name.to_owned()
        } else {
            format!("{}[{index}]", self.name)
        }
    }
}
