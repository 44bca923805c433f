//! SQL statements with their values.

use domain::StorageError;
use sea_orm::{QueryResult, Value};

use crate::PgStore;

/// A statement: its text, and the values of `$1`, `$2`, ….
#[derive(Debug, Default)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self {
            text: text.into(),
            values: values.into_iter().collect(),
        }
    }

    /// Adds a value and returns its placeholder.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Sets the text, which contains the placeholders of [`Self::bind`].
    pub(crate) fn text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    pub(crate) async fn all(self, store: &PgStore) -> Result<Vec<QueryResult>, StorageError> {
        store.read_all(&self.text, self.values).await
    }

    pub(crate) async fn one(self, store: &PgStore) -> Result<Option<QueryResult>, StorageError> {
        store.read_one(&self.text, self.values).await
    }
}

#[cfg(test)]
impl Sql {
    /// The text, and the values as literals.
    pub(crate) fn into_parts(self) -> (String, String) {
        let placeholders: Vec<String> = (1..=self.values.len()).map(|n| format!("${n}")).collect();
        let literals = crate::pool::statement(&placeholders.join(", "), self.values).to_string();
        (self.text, literals)
    }
}
