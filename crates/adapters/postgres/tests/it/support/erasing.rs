//! An erasure, step by step as the use case takes them.

use std::time::{Duration, Instant};

use domain::{
    StorageError, UserId,
    generations::{Release, ReleaseCause, Settlements},
    users::{AccountLock, ErasureQueries},
};

use super::{World, at};

/// How an erasure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Gone,
    Kept,
    /// A request is open, or was just made, so that it must begin again.
    Open,
    Busy,
}

/// Asks for the erasure.
pub async fn deactivate(world: &World, user: UserId) -> bool {
    let mut unit = world.unit().await;
    let found = unit.erasures().deactivate(user, at(40)).await.unwrap();
    unit.commit().await.unwrap();
    found
}

/// Gives up every open request.
pub async fn release_requests(world: &World, user: UserId) -> Result<(), StorageError> {
    for open in world.store.open_generations(user, 100).await? {
        let release = Release {
            generation: open.id,
            cause: ReleaseCause::AccountDeleted,
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
pub async fn end(world: &World, user: UserId) -> Result<End, StorageError> {
    let mut unit = world.unit().await;
    let account = match unit.erasures().lock(user).await? {
        AccountLock::Locked(account) => account,
        AccountLock::Gone => return Ok(End::Gone),
        AccountLock::Busy => return Ok(End::Busy),
    };
    if account.open_generations > 0 {
        unit.roll_back().await?;
        return Ok(End::Open);
    }
    if account.used_by_others {
        unit.erasures().lock_artist_and_styles(user).await?;
        unit.erasures().delete_follows(user).await?;
        unit.erasures().anonymize(user, at(42)).await?;
        unit.commit().await?;
        return Ok(End::Kept);
    }
    unit.erasures().delete_likes_and_comments(user).await?;
    let works = unit.erasures().lock_artist_and_styles(user).await?;
    if works.used_by_others {
        unit.roll_back().await?;
        return Ok(End::Open);
    }
    unit.erasures().delete_follows(user).await?;
    let (available, earned) = (account.available, works.earned);
    unit.erasures()
        .return_tokens(user, available, earned, at(42))
        .await?;
    unit.erasures().delete(user).await?;
    unit.commit().await?;
    Ok(End::Gone)
}

/// The whole of it, begun again as often as need be.
pub async fn erase(world: &World, user: UserId) -> End {
    deactivate(world, user).await;
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        release_requests(world, user).await.unwrap();
        match end(world, user).await {
            Ok(End::Open | End::Busy) | Err(StorageError::Aborted(_)) => tokio::task::yield_now().await,
            Ok(end) => return end,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the erasure of {user} does not end")
}
