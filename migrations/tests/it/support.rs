//! Databases for tests. Each test has its own, which is dropped at the end.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use stylelicense_migrations::Migrator;

static NEXT: AtomicU32 = AtomicU32::new(0);

async fn connect(database: Option<String>) -> DatabaseConnection {
    let url = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL must be a PostgreSQL server where databases can be created; `cargo xtask test` sets it",
    );
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).sqlx_logging(false);
    if let Some(name) = database {
        options.map_sqlx_postgres_opts(move |postgres| postgres.database(&name));
    }
    Database::connect(options)
        .await
        .expect("cannot connect to DATABASE_URL")
}

/// Runs `body` on a new, empty database.
pub async fn with_empty_database<F, Run>(body: F)
where
    F: FnOnce(DatabaseConnection) -> Run,
    Run: Future<Output = ()> + Send + 'static,
{
    let name = format!(
        "migrations_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let server = connect(None).await;
    run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    run(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    let connection = connect(Some(name.clone())).await;
    let outcome = tokio::spawn(body(connection)).await;
    run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// Runs `body` on a new database with all migrations applied.
pub async fn with_schema<F, Run>(body: F)
where
    F: FnOnce(DatabaseConnection) -> Run + Send + 'static,
    Run: Future<Output = ()> + Send + 'static,
{
    with_empty_database(|db| async move {
        Migrator::up(&db, None)
            .await
            .expect("all migrations must succeed");
        body(db).await;
    })
    .await;
}

/// Runs statements that must succeed.
pub async fn run(db: &DatabaseConnection, sql: &str) {
    if let Err(error) = db.execute_unprepared(sql).await {
        panic!("{error}\nin: {sql}");
    }
}

/// Runs a statement that must fail with a message that contains `reason`.
pub async fn refused(db: &DatabaseConnection, sql: &str, reason: &str) {
    match db.execute_unprepared(sql).await {
        Ok(_) => panic!("must fail with {reason}: {sql}"),
        Err(error) => {
            let message = error.to_string();
            assert!(
                message.contains(reason),
                "failed, but not with {reason}: {message}\nin: {sql}"
            );
        }
    }
}

/// The first column of all rows, which must be text and not null.
pub async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap_or_else(|error| panic!("{error}\nin: {sql}"))
        .iter()
        .map(|row| row.try_get_by_index(0).expect("a text"))
        .collect()
}

/// Users 1, 2 and 3. User 2 is an artist with style 1.
pub const USERS_AND_STYLE: &str = "
    INSERT INTO users (id, username) VALUES (1, 'payer'), (2, 'artist'), (3, 'other');
    INSERT INTO user_profiles (user_id) VALUES (1), (2), (3);
    INSERT INTO wallets (user_id, available) VALUES (1, 100), (2, 100), (3, 100);
    INSERT INTO artists (user_id, artist_name, verified_email)
    VALUES (2, 'Demo Artist', 'artist@example.com');
    INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status,
      model_bucket, model_key, artwork_count, task_id, last_heartbeat_at)
    VALUES (1, 2, 'Ink', 'Black ink', 10, 'completed', 'private', 'models/style-1/adapter_model.safetensors',
      10, gen_random_uuid(), now());";

/// A completed and published generation of style 1.
pub fn published(generation: i64, user: i64) -> String {
    format!(
        "INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id,
           prompt_tags, aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at, settled_at)
         VALUES ({generation}, {user}, 1, 2, 'completed', 10, gen_random_uuid(), '{{cat}}', '1:1', 42,
           'generations/{generation}.png', now(), now(), now(), now());
         INSERT INTO generated_images (generation_id, bucket, object_key, is_public, created_at, updated_at)
         VALUES ({generation}, 'media', 'generations/{generation}.png', true, now(), now());
         INSERT INTO community_posts (generation_id, user_id, style_id, visible, created_at)
         VALUES ({generation}, {user}, 1, true, now());"
    )
}
