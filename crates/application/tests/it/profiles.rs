//! A change of a profile that lost against another transaction is made once more.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use domain::{
    StorageError,
    object::MockObjectStorage,
    operations::MockHousekeeping,
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    users::MockUserQueries,
};
use stylelicense_application::{
    styles::UploadGuard,
    users::{AccountService, ProfileEdit, ProfileError},
};

use crate::support::{USER, buckets, clock, ids};

struct Failing(Mutex<VecDeque<StorageError>>);

#[async_trait]
impl UnitOfWorkFactory for Failing {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        Err(self.0.lock().unwrap().pop_front().unwrap())
    }
}

async fn change(failures: Vec<StorageError>) -> (ProfileError, usize) {
    let units = Arc::new(Failing(Mutex::new(failures.into())));
    let uploads = UploadGuard {
        units: units.clone(),
        storage: Arc::new(MockObjectStorage::new()),
        housekeeping: Arc::new(MockHousekeeping::new()),
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
    let left = units.0.lock().unwrap().len();
    (error, left)
}

fn lost() -> StorageError {
    StorageError::Aborted("a deadlock".into())
}

#[tokio::test]
async fn a_change_that_lost_against_another_one_is_tried_twice() {
    let (error, left) = change(vec![lost(), lost(), lost()]).await;
    assert!(matches!(error, ProfileError::Storage(StorageError::Aborted(_))));
    assert_eq!(left, 1);
}

#[tokio::test]
async fn a_change_that_may_have_been_made_is_not_tried_again() {
    let (error, left) = change(vec![StorageError::Unavailable("gone".into()), lost()]).await;
    assert!(matches!(
        error,
        ProfileError::Storage(StorageError::Unavailable(_))
    ));
    assert_eq!(left, 1);
}
