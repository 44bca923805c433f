//! Retention: what is deleted and what is kept.

use std::collections::HashMap;

use domain::{
    auth::{NewSession, SessionHash, Sessions},
    generations::GenerationStatus as S,
    operations::Retention,
    styles::NewUpload,
};
use uuid::Uuid;

use crate::support::{World, at};

#[tokio::test]
async fn old_failed_generations_are_deleted_and_the_ledger_is_kept() {
    let world = World::new().await;
    // Settled at 20 and at 10.
    world.in_state(1, S::Failed).await;
    world.in_state(2, S::Canceled).await;
    world.in_state(3, S::Completed).await;
    world.queued(4).await;
    assert_eq!(
        world.store.delete_failed_generations(at(10), 100).await.unwrap(),
        0
    );
    assert_eq!(
        world.store.delete_failed_generations(at(11), 100).await.unwrap(),
        1
    );
    assert_eq!(
        world
            .store
            .delete_failed_generations(at(1000), 100)
            .await
            .unwrap(),
        1
    );
    let left: String = world
        .value("SELECT string_agg(id::text, ',' ORDER BY id) FROM generation_requests")
        .await;
    assert_eq!(left, "3,4");
    assert_eq!(
        world
            .count("token_transactions WHERE generation_id IN (1, 2)")
            .await,
        4
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn failed_generations_are_deleted_in_batches() {
    let world = World::new().await;
    for id in 1..=3 {
        world.in_state(id, S::Failed).await;
    }
    assert_eq!(
        world.store.delete_failed_generations(at(1000), 2).await.unwrap(),
        2
    );
    assert_eq!(
        world.store.delete_failed_generations(at(1000), 2).await.unwrap(),
        1
    );
}

#[tokio::test]
async fn expired_sessions_are_deleted() {
    let world = World::new().await;
    for (n, second) in [(1, 10), (2, 20)] {
        let session = NewSession {
            hash: SessionHash([n; 32]),
            user_id: Some(world.payer),
            data: HashMap::new(),
            expires_at: at(second),
        };
        world.store.create(session).await.unwrap();
    }
    assert_eq!(world.store.delete_expired_sessions(at(20)).await.unwrap(), 1);
    assert!(world.store.load(SessionHash([2; 32])).await.unwrap().is_some());
}

#[tokio::test]
async fn stale_uploads_are_claimed_oldest_first_until_they_are_deleted() {
    let world = World::new().await;
    for n in 1..=3_i64 {
        let mut unit = world.unit().await;
        let id = Uuid::from_u128(n.unsigned_abs().into());
        let upload = NewUpload {
            id,
            owner: world.artist,
            prefix: format!("train-{n}"),
            now: at(n),
        };
        unit.uploads().begin(upload).await.unwrap();
        unit.commit().await.unwrap();
    }
    let mut stale = world.store.claim_stale_uploads(at(3), 10).await.unwrap();
    stale.sort_unstable();
    assert_eq!(stale, [Uuid::from_u128(1), Uuid::from_u128(2)]);
    assert_eq!(
        world.store.claim_stale_uploads(at(3), 1).await.unwrap(),
        [Uuid::from_u128(1)]
    );
    world.store.delete_upload(Uuid::from_u128(1)).await.unwrap();
    assert_eq!(world.store.claim_stale_uploads(at(3), 10).await.unwrap().len(), 1);
}
