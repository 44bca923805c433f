//! Lost connections, full pools and timeouts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    StorageError,
    auth::{SessionHash, Sessions},
    tokens::Audit,
};
use secrecy::SecretString;
use stylelicense_postgres::{PgStore, PoolOptions};

use crate::support::World;

const ABSENT: SessionHash = SessionHash([7; 32]);

#[tokio::test]
async fn a_read_is_retried_on_a_lost_connection() {
    let world = World::with_connections(1).await;
    world.store.ping().await.unwrap();
    let killed = world
        .count(
            "(SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()) AS killed",
        )
        .await;
    assert_eq!(killed, 1);
    assert_eq!(world.store.load(ABSENT).await.unwrap(), None);
}

#[tokio::test]
async fn a_lazy_pool_can_be_created_while_the_server_is_down() {
    let url = SecretString::from("postgres://nobody:secret@127.0.0.1:1/none");
    let pool = PoolOptions {
        acquire_timeout: Duration::from_millis(200),
        ..PoolOptions::default()
    };
    let store = PgStore::new(&url, &pool).unwrap();
    let started = Instant::now();
    assert!(matches!(store.ping().await, Err(StorageError::Unavailable(_))));
    assert!(started.elapsed() < Duration::from_secs(5));
    let eager = PgStore::connect(&url, &pool).await;
    assert!(matches!(eager, Err(StorageError::Unavailable(_))), "{eager:?}");
}

#[tokio::test]
async fn the_error_for_an_invalid_url_does_not_contain_it() {
    for url in [
        "mysql://user:secret@host/db",
        "secret",
        "postgres://user:secret@host:port/db",
    ] {
        let error = PgStore::connect(&url.into(), &PoolOptions::default())
            .await
            .unwrap_err();
        assert!(!format!("{error:?} {error}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_full_pool_is_unavailable() {
    let world = World::with_connections(1).await;
    let pool = PoolOptions {
        max_connections: 1,
        acquire_timeout: Duration::from_secs(1),
        ..PoolOptions::default()
    };
    let store = PgStore::connect(&world.database.url.clone().into(), &pool)
        .await
        .unwrap();
    let unit = domain::unit_of_work::UnitOfWorkFactory::begin(&store)
        .await
        .unwrap();
    assert!(matches!(store.ping().await, Err(StorageError::Unavailable(_))));
    drop(unit);
    // The connection returns to the pool after the rollback.
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(error) = store.ping().await {
        assert!(Instant::now() < deadline, "{error}");
    }
    assert_eq!(store.pool_status().size, 1);
}

#[tokio::test]
async fn a_slow_statement_times_out() {
    let world = World::new().await;
    let pool = PoolOptions {
        statement_timeout: Duration::from_millis(200),
        ..PoolOptions::default()
    };
    let store = PgStore::connect(&world.database.url.clone().into(), &pool)
        .await
        .unwrap();
    let mut unit = world.unit().await;
    unit.accounts()
        .register(crate::support::account("mina", "mina"))
        .await
        .unwrap();
    // Waits for the username that the first transaction has inserted.
    let mut second = domain::unit_of_work::UnitOfWorkFactory::begin(&store)
        .await
        .unwrap();
    let result = second
        .accounts()
        .register(crate::support::account("minho", "mina"))
        .await;
    assert!(matches!(result, Err(StorageError::Unavailable(_))), "{result:?}");
}

#[tokio::test]
async fn statements_are_observed() {
    let world = World::new().await;
    let statements = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&statements);
    let store = world.store.clone().observed(move |_, failed| {
        assert!(!failed);
        counter.fetch_add(1, Ordering::Relaxed);
    });
    store.load(ABSENT).await.unwrap();
    store.delete(ABSENT).await.unwrap();
    assert_eq!(statements.load(Ordering::Relaxed), 2);
}
