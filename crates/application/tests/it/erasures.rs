//! Interrupted erasures are taken one by one, and none keeps the others from their end.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    StorageError, UserId,
    generations::MockSettlements,
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    users::{MockErasureQueries, PendingErasure},
    workers::Deadlines,
};
use stylelicense_application::users::ErasureService;

use crate::support::{buckets, clock, ids, now};

/// No transaction begins here, for these reasons in turn.
struct Refusing(Mutex<VecDeque<StorageError>>);

#[async_trait]
impl UnitOfWorkFactory for Refusing {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        Err(self.0.lock().unwrap().pop_front().unwrap())
    }
}

/// Accounts 1, 2 and 3 wait; `tried` lists those whose erasure was begun.
fn service(refusals: Vec<StorageError>, tried: Arc<Mutex<Vec<UserId>>>) -> ErasureService {
    let waiting = [1, 2, 3].map(|id| PendingErasure {
        user: UserId(id),
        requested_at: now() - Duration::from_mins(1),
    });
    let mut queries = MockErasureQueries::new();
    queries.expect_pending().returning(move |_, after, limit| {
        let rest = waiting
            .iter()
            .filter(|erasure| after.is_none_or(|after| erasure.user > after.user));
        Ok(rest.take(usize::try_from(limit).unwrap()).copied().collect())
    });
    queries.expect_open_generations().returning(move |user, _| {
        tried.lock().unwrap().push(user);
        Ok(Vec::new())
    });
    let deadlines = Deadlines {
        queue: Duration::from_hours(24),
        generation: Duration::from_mins(15),
        training: Duration::from_hours(6),
    };
    ErasureService::new(
        Arc::new(queries),
        Arc::new(MockSettlements::new()),
        Arc::new(Refusing(Mutex::new(refusals.into()))),
        clock(),
        ids(),
        buckets(),
        deadlines,
    )
}

#[tokio::test]
async fn an_account_that_takes_too_long_does_not_keep_the_others_waiting() {
    let tried = Arc::default();
    let refusals = vec![
        StorageError::Unavailable("the statement took too long".into()),
        StorageError::Other("?".into()),
        StorageError::Unavailable("the statement took too long".into()),
        StorageError::Other("?".into()),
    ];
    let erasures = service(refusals, Arc::clone(&tried));
    // The database may be gone: what runs the rounds waits a little longer.
    assert!(matches!(
        erasures.round().await,
        Err(StorageError::Unavailable(_))
    ));
    assert!(erasures.round().await.unwrap(), "one at a time");
    assert!(matches!(
        erasures.round().await,
        Err(StorageError::Unavailable(_))
    ));
    assert!(!erasures.round().await.unwrap(), "that was the last one");
    assert!(erasures.round().await.unwrap(), "now again from the first one on");
    assert_eq!(*tried.lock().unwrap(), [1, 2, 3, 1].map(UserId));
}
