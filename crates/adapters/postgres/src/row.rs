//! Typed reads of rows. A stored value that the domain does not allow is [`StorageError::Corrupt`], never a panic.

use std::fmt::Display;

use domain::{FieldError, ObjectAddress, StorageError, TaskId, Tokens};
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;

/// Typed reads of columns by name.
pub(crate) trait ReadRow {
    /// Use `Option<T>` for a nullable column.
    fn get<T: TryGetable>(&self, column: &str) -> Result<T, StorageError>;

    fn tokens(&self, column: &str) -> Result<Tokens, StorageError> {
        checked(column, Tokens::new(self.get(column)?))
    }

    fn optional_tokens(&self, column: &str) -> Result<Option<Tokens>, StorageError> {
        self.get::<Option<i64>>(column)?
            .map(|amount| checked(column, Tokens::new(amount)))
            .transpose()
    }

    /// An enum or a validated text.
    fn parsed<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, FieldError>,
    ) -> Result<T, StorageError> {
        checked(column, parse(&self.get::<String>(column)?))
    }

    fn attempt(&self, column: &str) -> Result<u16, StorageError> {
        checked(column, u16::try_from(self.get::<i16>(column)?))
    }

    fn task_id(&self, column: &str) -> Result<TaskId, StorageError> {
        self.get::<Uuid>(column).map(TaskId)
    }

    fn object(&self, bucket: &str, key: &str) -> Result<ObjectAddress, StorageError> {
        Ok(ObjectAddress::new(
            self.get::<String>(bucket)?,
            self.get::<String>(key)?,
        ))
    }

    /// `None` when both columns are null.
    fn optional_object(&self, bucket: &str, key: &str) -> Result<Option<ObjectAddress>, StorageError> {
        object(self.get(bucket)?, self.get(key)?)
    }
}

impl ReadRow for QueryResult {
    fn get<T: TryGetable>(&self, column: &str) -> Result<T, StorageError> {
        self.try_get("", column)
            .map_err(|error| StorageError::Corrupt(format!("{column}: {error}")))
    }
}

/// The row of a statement that always returns one.
pub(crate) fn required(row: Option<QueryResult>) -> Result<QueryResult, StorageError> {
    row.ok_or_else(|| StorageError::Corrupt("a statement returned no row".to_owned()))
}

/// Names the column in the error.
pub(crate) fn checked<T, E: Display>(column: &str, value: Result<T, E>) -> Result<T, StorageError> {
    value.map_err(|error| StorageError::Corrupt(format!("{column}: {error}")))
}

/// `None` when both columns are null.
pub(crate) fn object(
    bucket: Option<String>,
    key: Option<String>,
) -> Result<Option<ObjectAddress>, StorageError> {
    match (bucket, key) {
        (Some(bucket), Some(key)) => Ok(Some(ObjectAddress::new(bucket, key))),
        (None, None) => Ok(None),
        _ => Err(StorageError::Corrupt(
            "an object has only one of bucket and key".to_owned(),
        )),
    }
}
