//! Reading rows: a stored value that does not fit the domain is [`StorageError::Corrupt`], never a panic.

use std::fmt::Display;

use domain::{FieldError, ObjectAddress, StorageError, TaskId, Tokens};
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;

/// Typed reading of columns by name.
pub(crate) trait ReadRow {
    /// The value of a column; `Option<T>` where it may be null.
    fn get<T: TryGetable>(&self, column: &str) -> Result<T, StorageError>;

    /// A number of tokens.
    fn tokens(&self, column: &str) -> Result<Tokens, StorageError> {
        checked(column, Tokens::new(self.get(column)?))
    }

    /// A number of tokens that may be null.
    fn optional_tokens(&self, column: &str) -> Result<Option<Tokens>, StorageError> {
        self.get::<Option<i64>>(column)?
            .map(|amount| checked(column, Tokens::new(amount)))
            .transpose()
    }

    /// A word of a closed set, or a text with a form.
    fn parsed<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, FieldError>,
    ) -> Result<T, StorageError> {
        checked(column, parse(&self.get::<String>(column)?))
    }

    /// The number of an attempt, from 1.
    fn attempt(&self, column: &str) -> Result<u16, StorageError> {
        checked(column, u16::try_from(self.get::<i16>(column)?))
    }

    /// A task's id.
    fn task_id(&self, column: &str) -> Result<TaskId, StorageError> {
        self.get::<Uuid>(column).map(TaskId)
    }

    /// An object's address.
    fn object(&self, bucket: &str, key: &str) -> Result<ObjectAddress, StorageError> {
        Ok(ObjectAddress::new(
            self.get::<String>(bucket)?,
            self.get::<String>(key)?,
        ))
    }

    /// An object's address, absent when both of its columns are null.
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

/// The row of a statement that always answers with one.
pub(crate) fn required(row: Option<QueryResult>) -> Result<QueryResult, StorageError> {
    row.ok_or_else(|| StorageError::Corrupt("a statement without an answer".to_owned()))
}

/// The value, or which column holds what the domain refuses.
pub(crate) fn checked<T, E: Display>(column: &str, value: Result<T, E>) -> Result<T, StorageError> {
    value.map_err(|fault| StorageError::Corrupt(format!("{column}: {fault}")))
}

/// An object's address, absent when both of its columns are null.
pub(crate) fn object(
    bucket: Option<String>,
    key: Option<String>,
) -> Result<Option<ObjectAddress>, StorageError> {
    match (bucket, key) {
        (Some(bucket), Some(key)) => Ok(Some(ObjectAddress::new(bucket, key))),
        (None, None) => Ok(None),
        _ => Err(StorageError::Corrupt(
            "an object has a bucket or a key, not both".to_owned(),
        )),
    }
}
