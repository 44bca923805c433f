//! Sessions.

use std::collections::HashMap;

use domain::{
    StorageError,
    auth::{NewSession, SessionHash, SessionOwner, Sessions},
    users::Role,
};

use crate::support::{World, at};

const HASH: SessionHash = SessionHash([1; 32]);

fn session(user_id: Option<domain::UserId>) -> NewSession {
    NewSession {
        hash: HASH,
        user_id,
        data: HashMap::from([("next".to_owned(), "/styles?q=고양이\"'".to_owned())]),
        expires_at: at(100),
    }
}

#[tokio::test]
async fn a_session_is_loaded_with_its_data_and_owner() {
    let world = World::new().await;
    world.store.create(session(Some(world.artist))).await.unwrap();
    let found = world.store.load(HASH).await.unwrap().unwrap();
    assert_eq!(found.data, session(None).data);
    assert_eq!(found.expires_at, at(100));
    let owner = SessionOwner {
        user_id: world.artist,
        is_active: true,
        role: Role::Artist,
        is_artist: true,
    };
    assert_eq!(found.owner, Some(owner));
    assert_eq!(world.store.load(SessionHash([2; 32])).await.unwrap(), None);
}

#[tokio::test]
async fn s5_a_deactivation_and_a_new_role_take_effect_at_once() {
    let world = World::new().await;
    world.store.create(session(Some(world.payer))).await.unwrap();
    world
        .sql("UPDATE users SET is_active = false, is_admin = true WHERE id = 1")
        .await;
    let owner = world.store.load(HASH).await.unwrap().unwrap().owner.unwrap();
    assert!(!owner.is_active && !owner.is_artist);
    assert_eq!(owner.role, Role::Admin);
}

#[tokio::test]
async fn an_anonymous_session_gets_an_owner_at_login() {
    let world = World::new().await;
    world.store.create(session(None)).await.unwrap();
    assert_eq!(world.store.load(HASH).await.unwrap().unwrap().owner, None);
    assert!(world.store.update(session(Some(world.payer))).await.unwrap());
    let owner = world.store.load(HASH).await.unwrap().unwrap().owner.unwrap();
    assert_eq!((owner.user_id, owner.role), (world.payer, Role::User));
}

#[tokio::test]
async fn s4_an_update_does_not_restore_a_deleted_session() {
    let world = World::new().await;
    world.store.create(session(Some(world.payer))).await.unwrap();
    world.store.delete(HASH).await.unwrap();
    assert!(!world.store.update(session(Some(world.payer))).await.unwrap());
    assert_eq!(world.store.load(HASH).await.unwrap(), None);
    assert_eq!(world.count("sessions").await, 0);
}

#[tokio::test]
async fn an_expired_session_is_loaded() {
    let world = World::new().await;
    let expired = NewSession {
        expires_at: at(-100),
        ..session(Some(world.payer))
    };
    world.store.create(expired).await.unwrap();
    assert_eq!(
        world.store.load(HASH).await.unwrap().unwrap().expires_at,
        at(-100)
    );
}

#[tokio::test]
async fn data_that_is_not_a_map_of_strings_is_corrupt() {
    let world = World::new().await;
    world.store.create(session(None)).await.unwrap();
    world.sql("UPDATE sessions SET data = '[1]'").await;
    assert!(matches!(
        world.store.load(HASH).await,
        Err(StorageError::Corrupt(_))
    ));
}
