//! The real binary with a database, an object store, a login and a payment provider of its own.

pub mod document;
pub mod expect;
pub mod media;
pub mod process;
pub mod python;
pub mod shown;
pub mod snapshot;
pub mod stage;
pub mod statements;
pub mod workshop;

use std::time::Duration;

use process::Server;
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, Statement};
use testkit::{
    client::{Client, WorkerCalls},
    database::TestDatabase,
    login::TestProvider,
    payments::TestPayments,
    proxy::CuttableProxy,
    storage::TestStorage,
};

/// The workers' token.
pub const TOKEN: &str = "test-internal-token-0123456789abcdef";

/// The web client's origin.
pub const FRONTEND: &str = "http://localhost:3000";

/// An address where no broker listens: tasks stay in the outbox.
pub const NO_BROKER: &str = "amqp://guest:guest@127.0.0.1:9/%2f";

/// A platform of a test's own.
pub struct Platform {
    // The server ends before what it stands on: fields are dropped in this order.
    server: Option<Server>,
    pub database: TestDatabase,
    pub storage: TestStorage,
    pub login: TestProvider,
    pub payments: TestPayments,
    pub base: String,
    environment: Vec<(String, String)>,
}

impl Platform {
    /// A platform without a broker.
    pub async fn start() -> Self {
        Self::with(&[("AMQP_URL", NO_BROKER)]).await
    }

    /// A platform with further settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let mut platform = Self::stopped(settings).await;
        platform.restart().await;
        platform
    }

    /// A platform with further settings whose database is behind a proxy.
    pub async fn behind_a_proxy(settings: &[(&str, &str)]) -> (Self, CuttableProxy) {
        let mut platform = Self::stopped(settings).await;
        let url: url::Url = platform.database.url.parse().expect("an address");
        let target = format!(
            "{}:{}",
            url.host_str().expect("a host"),
            url.port().unwrap_or(5432)
        );
        let proxy = CuttableProxy::start(target).await.expect("a proxy");
        let mut through = url;
        through.set_host(Some("127.0.0.1")).expect("a host");
        through.set_port(Some(proxy.addr().port())).expect("a port");
        for (name, value) in &mut platform.environment {
            if name == "DATABASE_URL" {
                *value = through.to_string();
            }
        }
        platform.restart().await;
        (platform, proxy)
    }

    /// A platform without a broker that keeps a log of everything: see [`Self::end`].
    pub async fn logging(settings: &[(&str, &str)]) -> Self {
        let mut all = vec![("AMQP_URL", NO_BROKER), ("RUST_LOG", "debug")];
        all.extend(settings);
        let mut platform = Self::stopped(&all).await;
        platform.server = Some(Server::start_keeping_log(&platform.environment, &platform.base).await);
        platform
    }

    /// Ends the server of [`Self::logging`] and returns its log.
    pub async fn end(&mut self) -> String {
        self.server.take().expect("the server runs").ended_log().await
    }

    async fn stopped(settings: &[(&str, &str)]) -> Self {
        let port = process::free_port();
        let base = format!("http://localhost:{port}");
        let database = TestDatabase::create().await.expect("a database");
        let storage = TestStorage::start().expect("an object store");
        let redirect = format!("{base}/api/auth/google/callback");
        let login = TestProvider::start_for(&redirect).expect("a login provider");
        let payments = TestPayments::start().expect("a payment provider");
        let mut environment = Vec::new();
        let mut set = |name: &str, value: &str| environment.push((name.to_owned(), value.to_owned()));
        set("DATABASE_URL", &database.url);
        set("BIND_ADDR", &format!("127.0.0.1:{port}"));
        set("API_BASE_URL", &base);
        set("CORS_ALLOWED_ORIGINS", FRONTEND);
        set("SECRET_KEY", "test-secret-key-0123456789abcdef0123");
        set("INTERNAL_API_TOKEN", TOKEN);
        set("AWS_S3_ENDPOINT_URL", &storage.endpoint);
        set("AWS_S3_REGION_NAME", &storage.region);
        set("AWS_ACCESS_KEY_ID", &storage.access_key);
        set("AWS_SECRET_ACCESS_KEY", &storage.secret_key);
        set("AWS_STORAGE_BUCKET_NAME", &storage.public_bucket);
        set("AWS_PRIVATE_BUCKET_NAME", &storage.private_bucket);
        set("GOOGLE_ISSUER_URL", login.issuer());
        set("GOOGLE_CLIENT_ID", testkit::login::CLIENT_ID);
        set("GOOGLE_CLIENT_SECRET", login.client_secret());
        set("TOSS_SECRET_KEY", payments.secret_key());
        set("TOSS_API_BASE_URL", payments.base_url());
        set("LOG_FORMAT", "json");
        for (name, value) in settings {
            environment.retain(|(known, _)| known != name);
            environment.push(((*name).to_owned(), (*value).to_owned()));
        }
        Self {
            database,
            storage,
            login,
            payments,
            base,
            server: None,
            environment,
        }
    }

    /// Kills the server at once, as a crash would.
    pub async fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill().await;
        }
    }

    /// Starts the server again.
    pub async fn restart(&mut self) {
        self.server = Some(Server::start(&self.environment, &self.base).await);
    }

    /// The server's process.
    pub fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("the server runs")
    }

    /// A browser, not signed in.
    pub fn browser(&self) -> Client {
        Client::new(&self.base)
    }

    /// A browser, signed in.
    pub async fn user(&self, email: &str) -> Client {
        Client::signed_in(&self.base, email).await
    }

    /// A worker that calls the webhooks.
    pub fn worker(&self) -> WorkerCalls {
        WorkerCalls::new(&self.base, TOKEN)
    }

    /// An artist with a trained style at `cost` tokens: (artist's browser, style id).
    pub async fn trained_style(&self, cost: i64) -> (Client, i64) {
        let artist = self.user("artist@example.com").await;
        artist.become_artist("Test Artist").await;
        let style = artist.upload_style("Bands", cost).await;
        let model = format!(
            "s3://{}/models/style-{style}/adapter_model.safetensors",
            self.storage.private_bucket
        );
        let report = serde_json::json!({"style_id": style, "model_path": model});
        let taken = self.worker().accepted("training/complete", &report).await;
        assert_eq!(taken["applied"], true);
        (artist, style)
    }

    /// The report that an image is made, at its expected key.
    pub fn completion(&self, generation: i64) -> serde_json::Value {
        let url = format!(
            "s3://{}/generations/test-{generation}.png",
            self.storage.public_bucket
        );
        serde_json::json!({"generation_id": generation, "result_url": url, "metadata": {"seed": 7, "steps": 50}})
    }

    /// A number read from the database.
    pub async fn count(&self, sql: &str) -> i64 {
        number(&self.connection().await, sql).await
    }

    /// Runs a statement on the database.
    pub async fn execute(&self, sql: &str) {
        let db = self.connection().await;
        db.execute_unprepared(sql).await.expect("a statement");
    }

    async fn connection(&self) -> DatabaseConnection {
        self.database.connect().await.expect("a connection")
    }

    /// Runs `stylelicense` with the platform's settings; returns (success, standard output).
    pub async fn command(&self, arguments: &[&str]) -> (bool, String) {
        process::command(&self.environment, arguments).await
    }

    /// Asserts that the books balance.
    pub async fn assert_books_balance(&self) {
        let (balanced, said) = self.command(&["ledger", "verify"]).await;
        assert!(balanced, "{said}");
    }
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    #[derive(FromQueryResult)]
    struct Row {
        n: i64,
    }
    let statement = Statement::from_string(db.get_database_backend(), sql.to_owned());
    Row::find_by_statement(statement)
        .one(db)
        .await
        .expect("an answer")
        .expect("a row")
        .n
}

/// How long a test waits for something that takes no time when all is well.
pub const PATIENCE: Duration = Duration::from_secs(30);
