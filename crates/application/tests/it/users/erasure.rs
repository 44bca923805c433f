//! The background job that finishes interrupted erasures.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    StorageError, UserId,
    generations::MockSettlements,
    users::{MockErasureQueries, PendingErasure},
    workers::Deadlines,
};
use stylelicense_application::users::ErasureService;

use crate::support::{FailingUnits, buckets, clock, ids, now};

/// Accounts 1, 2 and 3 are pending. `tried` lists the accounts whose erasure was tried.
fn service(errors: Vec<StorageError>, tried: Arc<Mutex<Vec<UserId>>>) -> ErasureService {
    let pending = [1, 2, 3].map(|id| PendingErasure {
        user: UserId(id),
        requested_at: now() - Duration::from_mins(1),
    });
    let mut queries = MockErasureQueries::new();
    queries.expect_pending().returning(move |_, after, limit| {
        let rest = pending
            .iter()
            .filter(|erasure| after.is_none_or(|after| erasure.user > after.user));
        Ok(rest.take(usize::try_from(limit).unwrap()).copied().collect())
    });
    queries.expect_open_generations().returning(move |user, _| {
        tried.lock().unwrap().push(user);
        Ok(Vec::new())
    });
    ErasureService::new(
        Arc::new(queries),
        Arc::new(MockSettlements::new()),
        Arc::new(FailingUnits::new(errors)),
        clock(),
        ids(),
        buckets(),
        Deadlines::default(),
    )
}

#[tokio::test]
async fn a_failing_erasure_does_not_block_the_others() {
    let tried = Arc::default();
    let errors = vec![
        StorageError::Unavailable("the statement took too long".into()),
        StorageError::Other("?".into()),
        StorageError::Unavailable("the statement took too long".into()),
        StorageError::Other("?".into()),
    ];
    let erasures = service(errors, Arc::clone(&tried));
    // Reported as an error, so that the loop backs off.
    assert!(matches!(
        erasures.round().await,
        Err(StorageError::Unavailable(_))
    ));
    assert!(erasures.round().await.unwrap(), "more may be left");
    assert!(matches!(
        erasures.round().await,
        Err(StorageError::Unavailable(_))
    ));
    assert!(!erasures.round().await.unwrap(), "no more are left");
    assert!(erasures.round().await.unwrap(), "starts over");
    assert_eq!(*tried.lock().unwrap(), [1, 2, 3, 1].map(UserId));
}
