//! How use cases' refusals are answered, one file per capability.

mod accounts;
mod community;
mod follows;
mod generations;
mod payments;
mod styles;

use domain::object::ObjectError;

use crate::error::ApiError;

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Unavailable(_) => {
                tracing::warn!(%error, "the object store did not serve a request");
                Self::unavailable()
            }
            ObjectError::NotFound | ObjectError::Refused(_) => Self::internal(&error),
        }
    }
}
