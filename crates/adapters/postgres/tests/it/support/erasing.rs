//! The steps of an erasure, as in the use case.

use std::time::{Duration, Instant};

use domain::{
    StorageError, UserId,
    generations::{Release, Settlements},
    users::{AccountLock, ErasureQueries},
    workers::FailureCause,
};

use super::{World, at};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureResult {
    Deleted,
    Anonymized,
    /// A generation is open or was created concurrently. The erasure must be retried.
    Open,
    /// Another erasure holds the lock.
    Busy,
}

pub async fn deactivate(world: &World, user: UserId) -> bool {
    let mut unit = world.unit().await;
    let found = unit.erasures().deactivate(user, at(40)).await.unwrap();
    unit.commit().await.unwrap();
    found
}

pub async fn release_open_generations(world: &World, user: UserId) -> Result<(), StorageError> {
    for open in world.store.open_generations(user, 100).await? {
        let release = Release {
            generation: open.id,
            cause: FailureCause::AccountDeleted,
            attempt: open.attempt,
            error_code: "ACCOUNT_DELETED".into(),
            error_message: "The account was deleted.".into(),
            now: at(41),
        };
        world.store.release(release).await?;
    }
    Ok(())
}

/// The last step, a transaction.
pub async fn finish_erasure(world: &World, user: UserId) -> Result<ErasureResult, StorageError> {
    let mut unit = world.unit().await;
    let account = match unit.erasures().lock(user).await? {
        AccountLock::Locked(account) => account,
        AccountLock::Gone => return Ok(ErasureResult::Deleted),
        AccountLock::Busy => return Ok(ErasureResult::Busy),
    };
    if account.open_generations > 0 {
        unit.rollback().await?;
        return Ok(ErasureResult::Open);
    }
    if account.used_by_others {
        unit.erasures().lock_artist_and_styles(user).await?;
        unit.erasures().delete_follows(user).await?;
        unit.erasures().anonymize(user, at(42)).await?;
        unit.commit().await?;
        return Ok(ErasureResult::Anonymized);
    }
    unit.erasures().delete_likes_and_comments(user).await?;
    let locked = unit.erasures().lock_artist_and_styles(user).await?;
    if locked.used_by_others {
        unit.rollback().await?;
        return Ok(ErasureResult::Open);
    }
    unit.erasures().delete_follows(user).await?;
    let (available, earned) = (account.available, locked.earned);
    unit.erasures()
        .return_tokens(user, available, earned, at(42))
        .await?;
    unit.erasures().delete(user).await?;
    unit.commit().await?;
    Ok(ErasureResult::Deleted)
}

/// All steps, retried until the erasure is finished.
pub async fn erase(world: &World, user: UserId) -> ErasureResult {
    deactivate(world, user).await;
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        release_open_generations(world, user).await.unwrap();
        match finish_erasure(world, user).await {
            Ok(ErasureResult::Open | ErasureResult::Busy) | Err(StorageError::Aborted(_)) => {
                tokio::task::yield_now().await;
            }
            Ok(result) => return result,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the erasure of {user} does not finish")
}
