//! The test fixture: a database with three users, one of them an artist with a trained style.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ArtistId, GenerationId, ObjectAddress, StyleId, TaskId, Tokens, UserId,
    auth::Identity,
    generations::{
        AspectRatio, GenerationRequest, GenerationStatus, Hold, HoldOutcome, OwnerCancel, PromptTags, Seed,
        Settlements,
    },
    tokens::{Audit, OrderState, PaymentStatus, Purchases},
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    users::{ArtistName, BecomeArtist, EmailAddress, NewAccount, RegistrationOutcome, Username},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement, TryGetable};
use stylelicense_postgres::{PgStore, PoolOptions};
use testkit::database::TestDatabase;
use uuid::Uuid;

mod calls;
mod erasing;
mod locks;
mod orders;

pub use calls::{applied, by_deadline, by_worker, capture, fail, heartbeat, ignored, resend};
pub use erasing::{ErasureResult, deactivate, erase, finish_erasure, release_open_generations};
pub use locks::{run_in_lock_order, until_blocked};
pub use orders::{expected_order, new_order, order_id};

/// Price of the styles.
pub const PRICE: i64 = 10;
/// The trained style.
pub const STYLE: StyleId = StyleId(1);

/// Test time in seconds.
pub fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(second)
}

/// A deterministic task id.
pub fn task(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(n))
}

/// A unique task id.
pub fn new_task() -> TaskId {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    task(NEXT.fetch_add(1, Ordering::Relaxed).into())
}

pub fn tokens(n: i64) -> Tokens {
    Tokens::new(n).unwrap()
}

pub struct World {
    pub store: PgStore,
    pub payer: UserId,
    pub artist: ArtistId,
    pub other: UserId,
    db: DatabaseConnection,
    pub database: TestDatabase,
}

impl World {
    pub async fn new() -> Self {
        Self::with_connections(16).await
    }

    pub async fn with_connections(max_connections: u32) -> Self {
        let database = TestDatabase::create().await.expect("a database for the test");
        let pool = PoolOptions {
            max_connections,
            acquire_timeout: std::time::Duration::from_secs(30),
            ..PoolOptions::default()
        };
        let store = PgStore::connect(&database.url.clone().into(), &pool)
            .await
            .unwrap();
        let db = database.connect().await.unwrap();
        let payer = register(&store, "payer").await;
        let artist = register(&store, "artist").await;
        let other = register(&store, "other").await;
        make_artist(&store, artist).await;
        let world = Self {
            store,
            payer,
            artist,
            other,
            db,
            database,
        };
        world.insert_style(STYLE, "completed").await;
        world
            .sql("SELECT setval(pg_get_serial_sequence('style_models', 'id'), 10000)")
            .await;
        world
    }

    pub async fn insert_style(&self, style: StyleId, status: &str) {
        self.sql(&format!(
            "INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status,
               model_bucket, model_key, artwork_count, task_id, last_heartbeat_at)
             VALUES ({style}, {}, 'Ink {style}', 'Black ink', {PRICE}, '{status}',
               CASE WHEN '{status}' = 'completed' THEN 'private' END, CASE WHEN '{status}' = 'completed' THEN 'm' END,
               10, '{}', '{}')",
            self.artist,
            task(1).0,
            at(0).to_rfc3339(),
        ))
        .await;
    }

    /// Runs SQL without the adapter. Returns the number of rows.
    pub async fn sql(&self, sql: &str) -> u64 {
        match self.db.execute_unprepared(sql).await {
            Ok(result) => result.rows_affected(),
            Err(error) => panic!("{error}\nin: {sql}"),
        }
    }

    /// The error of SQL that must fail.
    pub async fn sql_error(&self, sql: &str) -> String {
        match self.db.execute_unprepared(sql).await {
            Ok(_) => panic!("must fail: {sql}"),
            Err(error) => error.to_string(),
        }
    }

    pub async fn row(&self, sql: &str) -> QueryResult {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        match self.db.query_one_raw(statement).await {
            Ok(row) => row.unwrap_or_else(|| panic!("no row: {sql}")),
            Err(error) => panic!("{error}\nin: {sql}"),
        }
    }

    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        match self.db.query_all_raw(statement).await {
            Ok(rows) => rows,
            Err(error) => panic!("{error}\nin: {sql}"),
        }
    }

    /// The first column of the first row.
    pub async fn value<T: TryGetable>(&self, sql: &str) -> T {
        self.row(sql).await.try_get_by_index(0).unwrap()
    }

    pub async fn count(&self, from: &str) -> i64 {
        self.value(&format!("SELECT count(*) FROM {from}")).await
    }

    pub async fn available(&self, user: UserId) -> i64 {
        self.value(&format!("SELECT available FROM wallets WHERE user_id = {user}"))
            .await
    }

    /// Applied and pending earnings.
    pub async fn earned(&self) -> i64 {
        self.value(
            "SELECT ((SELECT sum(earned_token_balance) FROM artists)
                   + (SELECT COALESCE(sum(amount), 0) FROM earning_deltas))::bigint",
        )
        .await
    }

    pub async fn status(&self, generation: GenerationId) -> GenerationStatus {
        let status: String = self
            .value(&format!(
                "SELECT status FROM generation_requests WHERE id = {generation}"
            ))
            .await;
        GenerationStatus::parse(&status).unwrap()
    }

    /// Adds tokens by a purchase, so that the ledger stays balanced.
    pub async fn buy(&self, user: UserId, amount: i64) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let order = format!("purchase-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let order = order_id(&order);
        assert!(self.store.add(new_order(&order, user, amount)).await.unwrap());
        let grant = expected_order(&order, OrderState::Pending, PaymentStatus::Done);
        assert!(self.store.grant(grant).await.unwrap());
    }

    pub fn new_hold(&self, generation: i64) -> Hold {
        Hold {
            request: GenerationRequest {
                id: GenerationId(generation),
                user_id: self.payer,
                style_id: STYLE,
                artist_id: self.artist,
                status: GenerationStatus::Queued,
                price: tokens(PRICE),
                prompt: PromptTags::from_stored(vec!["cat".into(), "sea".into()]),
                caption: None,
                aspect: AspectRatio::Square,
                seed: Seed::new(42).unwrap(),
                created_at: at(0),
            },
            task_id: new_task(),
            result_key: format!("generations/{generation:032x}.png"),
            payload: br#"{"task":1}"#.to_vec(),
        }
    }

    /// A queued generation with the task `task(generation)`.
    pub async fn queued(&self, generation: i64) -> GenerationId {
        let mut hold = self.new_hold(generation);
        hold.task_id = task(generation.unsigned_abs().into());
        let outcome = self.store.hold(hold).await.unwrap();
        assert!(matches!(outcome, HoldOutcome::Held { .. }), "{outcome:?}");
        GenerationId(generation)
    }

    /// A generation in this state, which the statements under test have set.
    pub async fn in_state(&self, generation: i64, status: GenerationStatus) -> GenerationId {
        use GenerationStatus as S;
        let id = self.queued(generation).await;
        let transition = match status {
            S::Queued => return id,
            S::Processing | S::Retrying => self.store.heartbeat(heartbeat(id, None, status, 1)).await,
            S::Completed => self.store.capture(capture(id, None)).await,
            S::Failed => self.store.release(fail(id, None, 1)).await,
            S::Canceled => self.store.cancel(self.cancel(id)).await,
        };
        assert!(transition.unwrap().unwrap().applied);
        id
    }

    pub fn cancel(&self, generation: GenerationId) -> OwnerCancel {
        OwnerCancel {
            generation,
            owner: self.payer,
            now: at(10),
        }
    }

    pub async fn unit(&self) -> Box<dyn UnitOfWork> {
        UnitOfWorkFactory::begin(&self.store).await.unwrap()
    }

    /// Panics with all differences that the audit finds.
    pub async fn assert_ledger_balances(&self) {
        assert_eq!(self.store.verify().await.unwrap(), Vec::<String>::new());
    }
}

pub fn account(subject: &str, username: &str) -> NewAccount {
    NewAccount {
        identity: Identity {
            provider: "google",
            subject: subject.to_owned(),
            email: format!("{subject}@example.com"),
        },
        username: Username::parse(username).unwrap(),
        now: at(0),
    }
}

pub async fn register(store: &PgStore, name: &str) -> UserId {
    let mut unit = UnitOfWorkFactory::begin(store).await.unwrap();
    let registered = unit.accounts().register(account(name, name)).await.unwrap();
    unit.commit().await.unwrap();
    match registered {
        RegistrationOutcome::Created(user) => user,
        other => panic!("{name}: {other:?}"),
    }
}

pub async fn make_artist(store: &PgStore, user: UserId) {
    let mut unit = UnitOfWorkFactory::begin(store).await.unwrap();
    assert!(unit.accounts().become_artist(new_artist(user)).await.unwrap());
    unit.commit().await.unwrap();
}

pub fn new_artist(user: UserId) -> BecomeArtist {
    BecomeArtist {
        user,
        artist_name: ArtistName::parse("Demo Artist").unwrap(),
        verified_email: EmailAddress::parse_address("artist@example.com").unwrap(),
        signature: ObjectAddress::new("private", "signatures/a.png"),
        now: at(0),
    }
}
