//! The binary with its own database, object store, login and payment provider.

pub mod answers;
pub mod broker;
pub mod counted;
pub mod document;
pub mod fixture;
pub mod masks;
pub mod media;
pub mod process;
pub mod python;
pub mod snapshot;

use std::{net::SocketAddr, time::Duration};

use fixture::{create_generation, set_public};
use process::Server;
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, Statement};
use serde_json::{Value, json};
use testkit::{
    client::{Client, WorkerClient},
    database::TestDatabase,
    login::TestProvider,
    payments::TestPayments,
    proxy::FaultyProxy,
    storage::TestStorage,
};
use url::Url;

pub const TOKEN: &str = "test-internal-token-0123456789abcdef";

pub const FRONTEND: &str = "http://localhost:3000";

/// A URL where no broker listens, so that tasks stay in the outbox.
pub const NO_BROKER: &str = "amqp://guest:guest@127.0.0.1:9/%2f";

/// The server with a database, an object store, a login and a payment provider for one test.
pub struct Platform {
    // Dropped in this order, so that the server stops before its services.
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

    /// A platform with additional settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let mut platform = Self::prepare(settings).await;
        platform.restart().await;
        platform
    }

    /// A platform with additional settings, whose database is behind a proxy.
    pub async fn with_database_proxy(settings: &[(&str, &str)]) -> (Self, FaultyProxy) {
        let mut platform = Self::prepare(settings).await;
        let proxy = FaultyProxy::start(platform.database_target())
            .await
            .expect("a proxy");
        platform.use_database_proxy(proxy.addr());
        platform.restart().await;
        (platform, proxy)
    }

    /// `host:port` of the database.
    fn database_target(&self) -> String {
        let url = Url::parse(&self.database.url).expect("an address");
        format!(
            "{}:{}",
            url.host_str().expect("a host"),
            url.port().unwrap_or(5432)
        )
    }

    /// Makes the server connect to its database through a proxy.
    fn use_database_proxy(&mut self, proxy: SocketAddr) {
        let mut url = Url::parse(&self.database.url).expect("an address");
        url.set_ip_host(proxy.ip()).expect("a host");
        url.set_port(Some(proxy.port())).expect("a port");
        self.environment.retain(|(name, _)| name != "DATABASE_URL");
        self.environment.push(("DATABASE_URL".to_owned(), url.into()));
    }

    /// A platform without a broker that keeps a log for [`Self::stop_and_read_log`].
    pub async fn with_log(settings: &[(&str, &str)]) -> Self {
        let mut all = vec![("AMQP_URL", NO_BROKER), ("RUST_LOG", "debug")];
        all.extend(settings);
        let mut platform = Self::prepare(&all).await;
        platform.server = Some(Server::start_with_log(&platform.environment, &platform.base).await);
        platform
    }

    /// Stops the server of [`Self::with_log`] and returns its log.
    pub async fn stop_and_read_log(&mut self) -> String {
        self.server
            .take()
            .expect("the server runs")
            .stop_and_read_log()
            .await
    }

    /// A platform whose server is not started yet.
    async fn prepare(settings: &[(&str, &str)]) -> Self {
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

    /// Kills the server (SIGKILL).
    pub async fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill().await;
        }
    }

    pub async fn restart(&mut self) {
        self.server = Some(Server::start(&self.environment, &self.base).await);
    }

    pub fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("the server runs")
    }

    pub fn browser(&self) -> Client {
        Client::new(&self.base)
    }

    /// A client that is signed in.
    pub async fn user(&self, email: &str) -> Client {
        Client::signed_in(&self.base, email).await
    }

    pub fn worker(&self) -> WorkerClient {
        WorkerClient::new(&self.base, TOKEN)
    }

    /// An artist with a trained style that costs `cost` tokens: (client of the artist, style id).
    pub async fn trained_style(&self, cost: i64) -> (Client, i64) {
        let artist = self.user("artist@example.com").await;
        artist.become_artist("Test Artist").await;
        let style = artist.upload_style("Bands", cost).await;
        let report = self
            .report("training/complete", &self.training_report(style))
            .await;
        assert_eq!(report["applied"], true);
        (artist, style)
    }

    /// A completion report with the expected key.
    pub fn completion(&self, generation: i64) -> Value {
        let url = format!(
            "s3://{}/generations/test-{generation}.png",
            self.storage.public_bucket
        );
        json!({"generation_id": generation, "result_url": url, "metadata": {"seed": 7, "steps": 50}})
    }

    /// Sends a report of a worker, which must be accepted. Returns `data`.
    pub async fn report(&self, path: &str, body: &Value) -> Value {
        self.worker().accepted(path, body).await
    }

    pub async fn fail_training(&self, style: i64) {
        let report = json!({"style_id": style, "error_code": "GPU_OOM", "error_message": "no memory"});
        self.report("training/failed", &report).await;
    }

    /// A completed generation.
    pub async fn image(&self, owner: &Client, style: i64) -> i64 {
        let image = create_generation(owner, style).await;
        self.report("inference/complete", &self.completion(image)).await;
        image
    }

    /// A completed and public generation.
    pub async fn public_image(&self, owner: &Client, style: i64) -> i64 {
        let image = self.image(owner, style).await;
        set_public(owner, image, true).await;
        image
    }

    pub async fn make_admin(&self, username: &str) {
        let sql = format!("UPDATE users SET is_admin = true WHERE username = '{username}'");
        self.execute(&sql).await;
    }

    /// Number of rows of a table. `table` may have a WHERE clause.
    pub async fn count_rows(&self, table: &str) -> i64 {
        self.count(&format!("SELECT count(*) AS n FROM {table}")).await
    }

    pub async fn assert_rows(&self, table: &str, expected: i64) {
        assert_eq!(self.count_rows(table).await, expected, "{table}");
    }

    /// Column `n` of a query.
    pub async fn count(&self, sql: &str) -> i64 {
        query_number(&self.connection().await, sql).await
    }

    /// Runs a statement on the database.
    pub async fn execute(&self, sql: &str) {
        let db = self.connection().await;
        db.execute_unprepared(sql).await.expect("a statement");
    }

    async fn connection(&self) -> DatabaseConnection {
        self.database.connect().await.expect("a connection")
    }

    /// Runs `stylelicense` with the settings of the platform. Returns (success, standard output).
    pub async fn command(&self, arguments: &[&str]) -> (bool, String) {
        process::command(&self.environment, arguments).await
    }

    /// Asserts that `ledger verify` finds no differences.
    pub async fn assert_ledger_balances(&self) {
        let (balanced, output) = self.command(&["ledger", "verify"]).await;
        assert!(balanced, "{output}");
    }
}

async fn query_number(db: &DatabaseConnection, sql: &str) -> i64 {
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

/// Limit of waiting for something that normally happens at once.
pub const TIMEOUT: Duration = Duration::from_secs(30);
