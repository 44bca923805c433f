//! Connections that hang without a reset, as after the loss of a host or of a NAT entry.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    StorageError,
    auth::{SessionHash, Sessions},
    tokens::Audit,
    unit_of_work::UnitOfWorkFactory,
};
use stylelicense_postgres::{PgStore, PoolOptions};
use testkit::proxy::FaultyProxy;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::support::{World, account};

const ABSENT: SessionHash = SessionHash([7; 32]);

/// Longest wait of a caller: for a connection (2 s), then for a statement (1 s and 2 s of grace).
const MAX_WAIT: Duration = Duration::from_secs(6);

/// Longest duration of a ping with a healthy pool, on a busy machine.
const PING_LIMIT: Duration = Duration::from_millis(900);

struct Remote {
    store: PgStore,
    proxy: FaultyProxy,
    world: World,
}

impl Remote {
    async fn new(max_connections: u32) -> Self {
        let world = World::new().await;
        let (server, name) = split(&world.database.url);
        let proxy = FaultyProxy::start(server).await.unwrap();
        let (user, _) = world.database.url.rsplit_once('@').unwrap();
        let url = format!("{user}@{}/{name}", proxy.addr());
        let options = PoolOptions {
            max_connections,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(1),
        };
        let store = PgStore::connect(&url.into(), &options).await.unwrap();
        Self { store, proxy, world }
    }

    async fn assert_healthy(&self) {
        let ping = timeout(PING_LIMIT, self.store.ping()).await;
        ping.expect("a healthy pool").unwrap();
    }
}

/// `host:port` and the database's name.
fn split(url: &str) -> (String, String) {
    let (_, address) = url.rsplit_once('@').unwrap();
    let (server, name) = address.split_once('/').unwrap();
    let server = if server.contains(':') {
        server.to_owned()
    } else {
        format!("{server}:5432")
    };
    (server, name.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hanging_connections_are_closed_under_load_and_the_pool_recovers() {
    let remote = Arc::new(Remote::new(4).await);
    let mut callers = JoinSet::new();
    let started = Instant::now();
    for _ in 0..16 {
        let remote = Arc::clone(&remote);
        callers.spawn(async move {
            let mut failures = 0;
            while started.elapsed() < Duration::from_secs(8) {
                let call_started = Instant::now();
                match remote.store.load(ABSENT).await {
                    Ok(_) => {}
                    Err(StorageError::Unavailable(_)) => failures += 1,
                    Err(other) => panic!("{other:?}"),
                }
                assert!(call_started.elapsed() < MAX_WAIT, "{:?}", call_started.elapsed());
            }
            failures
        });
    }
    sleep(Duration::from_millis(500)).await;
    remote.proxy.hang_connections();
    // Running statements time out after three seconds, waiting callers earlier.
    sleep(Duration::from_millis(3500)).await;
    for _ in 0..20 {
        remote.assert_healthy().await;
    }
    let failures: u32 = callers.join_all().await.into_iter().sum();
    assert!((1..=32).contains(&failures), "{failures} calls failed");
    assert!(remote.store.pool_status().size <= 4);
}

#[tokio::test]
async fn a_transaction_on_a_hanging_connection_fails_and_frees_its_slot() {
    let remote = Remote::new(1).await;
    let mut unit = remote.store.begin().await.unwrap();
    unit.accounts().register(account("mina", "mina")).await.unwrap();
    remote.proxy.hang_connections();
    let started = Instant::now();
    let second = unit.accounts().register(account("minho", "minho")).await;
    assert!(matches!(second, Err(StorageError::Unavailable(_))), "{second:?}");
    assert!(started.elapsed() < MAX_WAIT);
    // Later statements fail at once.
    let third = timeout(PING_LIMIT, unit.accounts().register(account("jun", "jun"))).await;
    assert!(
        matches!(third, Ok(Err(StorageError::Unavailable(_)))),
        "{third:?}"
    );
    remote.assert_healthy().await;
    drop(unit);
    remote.assert_healthy().await;
    assert_eq!(remote.world.count("users WHERE username = 'mina'").await, 0);
}

#[tokio::test]
async fn a_commit_on_a_hanging_connection_times_out() {
    let remote = Remote::new(1).await;
    let mut unit = remote.store.begin().await.unwrap();
    unit.accounts().register(account("mina", "mina")).await.unwrap();
    remote.proxy.hang_connections();
    let started = Instant::now();
    let committed = unit.commit().await;
    assert!(
        matches!(committed, Err(StorageError::Unavailable(_))),
        "{committed:?}"
    );
    assert!(started.elapsed() < MAX_WAIT);
    remote.assert_healthy().await;
}

#[tokio::test]
async fn a_dropped_caller_leaves_no_hanging_connection_in_the_pool() {
    let remote = Remote::new(1).await;
    let unit = remote.store.begin().await.unwrap();
    remote.proxy.hang_connections();
    // Rolled back in the background.
    drop(unit);
    sleep(Duration::from_millis(1200)).await;
    remote.assert_healthy().await;

    remote.proxy.hang_connections();
    // The caller is dropped before the statement times out.
    let ping = timeout(Duration::from_millis(100), remote.store.ping()).await;
    assert!(ping.is_err());
    sleep(Duration::from_millis(1200)).await;
    remote.assert_healthy().await;
}

#[tokio::test]
async fn hanging_idle_connections_cost_only_one_ping() {
    let remote = Remote::new(4).await;
    let mut units = Vec::new();
    for _ in 0..4 {
        units.push(remote.store.begin().await.unwrap());
    }
    for unit in units {
        unit.rollback().await.unwrap();
    }
    assert_eq!(remote.store.pool_status().size, 4);
    sleep(Duration::from_millis(1100)).await;
    remote.proxy.hang_connections();
    let started = Instant::now();
    remote.store.ping().await.unwrap();
    assert!(
        started.elapsed() < Duration::from_millis(1900),
        "{:?}",
        started.elapsed()
    );
    remote.assert_healthy().await;
}

#[tokio::test]
async fn the_statement_of_a_dropped_caller_does_not_disturb_the_next_one() {
    let remote = Remote::new(1).await;
    for _ in 0..50 {
        // Dropped during the call, then called again.
        let _ = timeout(Duration::from_micros(300), remote.store.load(ABSENT)).await;
        assert_eq!(remote.store.load(ABSENT).await.unwrap(), None);
    }
    assert_eq!(remote.store.pool_status().size, 1);
}
