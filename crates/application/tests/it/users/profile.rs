//! Retries of a profile update.

use std::sync::Arc;

use domain::{StorageError, object::MockObjectStorage, operations::MockRetention, users::MockUserQueries};
use stylelicense_application::{
    styles::UploadGuard,
    users::{AccountService, ProfileEdit, ProfileError},
};

use crate::support::{FailingUnits, USER, buckets, clock, ids};

/// Returns the error of the update and the number of errors left.
async fn change(errors: Vec<StorageError>) -> (ProfileError, usize) {
    let units = Arc::new(FailingUnits::new(errors));
    let uploads = UploadGuard {
        units: units.clone(),
        storage: Arc::new(MockObjectStorage::new()),
        retention: Arc::new(MockRetention::new()),
        clock: clock(),
        buckets: buckets(),
    };
    let accounts = AccountService {
        queries: Arc::new(MockUserQueries::new()),
        units: units.clone(),
        uploads,
        clock: clock(),
        ids: ids(),
    };
    let error = accounts
        .change_profile(USER, ProfileEdit::default())
        .await
        .unwrap_err();
    let left = units.left();
    (error, left)
}

fn deadlock() -> StorageError {
    StorageError::Aborted("a deadlock".into())
}

#[tokio::test]
async fn an_update_is_retried_once_after_a_deadlock() {
    let (error, left) = change(vec![deadlock(), deadlock(), deadlock()]).await;
    assert!(matches!(error, ProfileError::Storage(StorageError::Aborted(_))));
    assert_eq!(left, 1);
}

#[tokio::test]
async fn an_update_with_an_unknown_result_is_not_retried() {
    let (error, left) = change(vec![StorageError::Unavailable("gone".into()), deadlock()]).await;
    assert!(matches!(
        error,
        ProfileError::Storage(StorageError::Unavailable(_))
    ));
    assert_eq!(left, 1);
}
