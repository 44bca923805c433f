//! Reading rows: a stored value that does not fit the domain is [`StorageError::Corrupt`], never a panic.

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
        let number: i16 = self.get(column)?;
        u16::try_from(number).map_err(|_| StorageError::Corrupt(format!("{column} is {number}")))
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
        match (
            self.get::<Option<String>>(bucket)?,
            self.get::<Option<String>>(key)?,
        ) {
            (Some(bucket), Some(key)) => Ok(Some(ObjectAddress::new(bucket, key))),
            (None, None) => Ok(None),
            _ => Err(StorageError::Corrupt(format!(
                "only one of {bucket} and {key} is null"
            ))),
        }
    }
}

impl ReadRow for QueryResult {
    fn get<T: TryGetable>(&self, column: &str) -> Result<T, StorageError> {
        self.try_get("", column)
            .map_err(|error| StorageError::Corrupt(format!("{column}: {error}")))
    }
}

/// The value, or which column holds what the domain refuses.
pub(crate) fn checked<T>(column: &str, value: Result<T, FieldError>) -> Result<T, StorageError> {
    value.map_err(|fault| StorageError::Corrupt(format!("{column} {fault}")))
}
