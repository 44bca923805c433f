//! Connections that stop moving without a reset: the host at the other end is gone, or something on the way forgot them.

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

/// The longest that a caller waits: for a connection (2 s), then for a statement (1 s, and 2 s of grace).
const BOUND: Duration = Duration::from_secs(6);

/// What takes no time when all is well, on a busy machine.
const AT_ONCE: Duration = Duration::from_millis(900);

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

    async fn works_at_once(&self) {
        let answer = timeout(AT_ONCE, self.store.ping()).await;
        answer.expect("a pool that is healthy").unwrap();
    }
}

/// `host:port` and the database's name.
fn split(url: &str) -> (String, String) {
    let (_, place) = url.rsplit_once('@').unwrap();
    let (server, name) = place.split_once('/').unwrap();
    let server = if server.contains(':') {
        server.to_owned()
    } else {
        format!("{server}:5432")
    };
    (server, name.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_stranded_under_load_are_dropped_and_the_pool_is_healthy_at_once() {
    let remote = Arc::new(Remote::new(4).await);
    let mut callers = JoinSet::new();
    let started = Instant::now();
    for _ in 0..16 {
        let remote = Arc::clone(&remote);
        callers.spawn(async move {
            let mut failures = 0;
            while started.elapsed() < Duration::from_secs(8) {
                let asked = Instant::now();
                match remote.store.load(ABSENT).await {
                    Ok(_) => {}
                    Err(StorageError::Unavailable(_)) => failures += 1,
                    Err(other) => panic!("{other:?}"),
                }
                assert!(asked.elapsed() < BOUND, "{:?}", asked.elapsed());
            }
            failures
        });
    }
    sleep(Duration::from_millis(500)).await;
    remote.proxy.hang_connections();
    // Three seconds for the statements under way; whoever waits for a connection gives up before.
    sleep(Duration::from_millis(3500)).await;
    for _ in 0..20 {
        remote.works_at_once().await;
    }
    let failures: u32 = callers.join_all().await.into_iter().sum();
    assert!((1..=32).contains(&failures), "{failures} calls failed");
    assert!(remote.store.pool_status().size <= 4);
}

#[tokio::test]
async fn a_transaction_on_a_stranded_connection_ends_and_its_place_is_free() {
    let remote = Remote::new(1).await;
    let mut unit = remote.store.begin().await.unwrap();
    unit.accounts().register(account("mina", "mina")).await.unwrap();
    remote.proxy.hang_connections();
    let started = Instant::now();
    let second = unit.accounts().register(account("minho", "minho")).await;
    assert!(matches!(second, Err(StorageError::Unavailable(_))), "{second:?}");
    assert!(started.elapsed() < BOUND);
    // What comes after fails at once.
    let third = timeout(AT_ONCE, unit.accounts().register(account("jun", "jun"))).await;
    assert!(
        matches!(third, Ok(Err(StorageError::Unavailable(_)))),
        "{third:?}"
    );
    remote.works_at_once().await;
    drop(unit);
    remote.works_at_once().await;
    assert_eq!(remote.world.count("users WHERE username = 'mina'").await, 0);
}

#[tokio::test]
async fn a_commit_on_a_stranded_connection_fails_in_time() {
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
    assert!(started.elapsed() < BOUND);
    remote.works_at_once().await;
}

#[tokio::test]
async fn whoever_goes_away_leaves_no_stranded_connection_behind() {
    let remote = Remote::new(1).await;
    let unit = remote.store.begin().await.unwrap();
    remote.proxy.hang_connections();
    // Rolled back without anybody waiting for it.
    drop(unit);
    sleep(Duration::from_millis(1200)).await;
    remote.works_at_once().await;

    remote.proxy.hang_connections();
    // The caller loses patience before the statement's limit.
    let ping = timeout(Duration::from_millis(100), remote.store.ping()).await;
    assert!(ping.is_err());
    sleep(Duration::from_millis(1200)).await;
    remote.works_at_once().await;
}

#[tokio::test]
async fn idle_connections_that_are_stranded_cost_one_test_together() {
    let remote = Remote::new(4).await;
    let mut units = Vec::new();
    for _ in 0..4 {
        units.push(remote.store.begin().await.unwrap());
    }
    for unit in units {
        unit.roll_back().await.unwrap();
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
    remote.works_at_once().await;
}

#[tokio::test]
async fn a_statement_of_somebody_who_went_away_does_not_meet_the_next_one() {
    let remote = Remote::new(1).await;
    for _ in 0..50 {
        // Given up somewhere on the way, and asked again.
        let _ = timeout(Duration::from_micros(300), remote.store.load(ABSENT)).await;
        assert_eq!(remote.store.load(ABSENT).await.unwrap(), None);
    }
    assert_eq!(remote.store.pool_status().size, 1);
}
