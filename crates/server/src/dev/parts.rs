//! The local parts that are started: whatever the environment does not name.

use std::sync::Arc;

use adapter_s3::S3Storage;
use anyhow::Context;
use domain::workers::TaskPublisher;
use local_postgres::{Cluster, ClusterOptions};
use local_services::{
    StartError,
    front::DemoFront,
    oidc::{DemoProvider, DemoProviderOptions},
    s3::{LocalS3, LocalS3Options},
    toss::{LocalToss, LocalTossOptions},
};
use local_worker::{BrokerWorker, DemoWorker, DemoWorkerOptions, InProcessQueue};
use secrecy::SecretString;

use super::{
    data::DataFolder,
    defaults::{Defaults, given},
};
use crate::bootstrap::storage_settings;
use crate::settings::Settings;

/// Ports tried first.
const S3_PORT: u16 = 8001;
const LOGIN_PORT: u16 = 8002;
const PAYMENTS_PORT: u16 = 8003;
const FRONT_PORT: u16 = 8004;

const PUBLIC_BUCKET: &str = "stylelicense-media";
const PRIVATE_BUCKET: &str = "stylelicense-media-private";

/// Starts the private PostgreSQL unless `DATABASE_URL` is set.
pub fn start_cluster(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Option<Cluster>> {
    if given("DATABASE_URL").is_some() {
        return Ok(None);
    }
    let cluster = Cluster::start(&ClusterOptions::new(folder.postgres()))
        .context("the private PostgreSQL cannot be started (or set DATABASE_URL)")?;
    defaults.set("DATABASE_URL", &cluster.url("postgres"));
    Ok(Some(cluster))
}

/// The parts in this process.
pub struct LocalParts {
    /// S3 on disk.
    pub storage: Option<LocalS3>,
    /// Demo login provider.
    pub login: Option<DemoProvider>,
    /// Payment provider that moves no money.
    pub payments: Option<LocalToss>,
    /// Pages in the web client's place.
    pub front: Option<DemoFront>,
    consumer: Option<BrokerWorker>,
    /// Who does the work, in words.
    pub worker: &'static str,
}

impl LocalParts {
    /// Starts storage, login provider, payment provider and the web client's pages unless the environment names others.
    pub fn start(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Self> {
        let storage = start_storage(folder, defaults)?;
        let login = start_login(folder, defaults)?;
        let payments = start_payments(folder, defaults)?;
        let front = start_front(defaults)?;
        Ok(Self {
            storage,
            login,
            payments,
            front,
            consumer: None,
            worker: "real workers",
        })
    }

    /// Starts the demo worker. Returns the in-process queue when no broker is named.
    pub fn start_worker(
        &mut self,
        settings: &Settings,
        no_worker: bool,
    ) -> anyhow::Result<Option<Arc<dyn TaskPublisher>>> {
        if no_worker {
            return Ok(None);
        }
        let storage =
            S3Storage::new(&storage_settings(settings)).context("the object store cannot be set up")?;
        let options = DemoWorkerOptions {
            buckets: settings.storage.buckets.clone(),
            internal_token: settings.internal_token.clone(),
            pace: DemoWorkerOptions::DEFAULT_PACE,
        };
        let worker =
            DemoWorker::new(Arc::new(storage), options).context("the demo worker cannot be started")?;
        match &settings.amqp_url {
            Some(url) => {
                self.worker = "demo worker, takes its tasks from RabbitMQ";
                self.consumer = Some(BrokerWorker::start(url, worker));
                Ok(None)
            }
            None => {
                self.worker = "demo worker in this process (paints; it is a demo and no model)";
                Ok(Some(Arc::new(InProcessQueue::new(worker))))
            }
        }
    }

    /// Stops what was started.
    pub async fn stop(self) {
        if let Some(consumer) = self.consumer {
            consumer.stop().await;
        }
        if let Some(front) = self.front {
            front.stop().await;
        }
        if let Some(payments) = self.payments {
            payments.stop().await;
        }
        if let Some(login) = self.login {
            login.stop().await;
        }
        if let Some(storage) = self.storage {
            storage.stop().await;
        }
    }
}

fn start_storage(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Option<LocalS3>> {
    if given("AWS_STORAGE_BUCKET_NAME").is_some() {
        // A store of the environment's own: the local keys are none of its.
        defaults.unset(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
        return Ok(None);
    }
    let storage = start_on(S3_PORT, |port| {
        LocalS3::start(LocalS3Options {
            root: folder.objects(),
            port,
            public_bucket: PUBLIC_BUCKET.to_owned(),
            private_bucket: PRIVATE_BUCKET.to_owned(),
            access_key: defaults.secret("AWS_ACCESS_KEY_ID"),
            secret_key: SecretString::from(defaults.secret("AWS_SECRET_ACCESS_KEY")),
            allowed_origins: origins(defaults),
        })
    })
    .context("the local object store cannot be started")?;
    defaults.set("AWS_STORAGE_BUCKET_NAME", PUBLIC_BUCKET);
    defaults.set("AWS_PRIVATE_BUCKET_NAME", PRIVATE_BUCKET);
    defaults.set("AWS_S3_ENDPOINT_URL", &storage.endpoint());
    Ok(Some(storage))
}

fn start_login(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Option<DemoProvider>> {
    if given("GOOGLE_CLIENT_ID").is_some() {
        defaults.unset(&["GOOGLE_CLIENT_SECRET"]);
        return Ok(None);
    }
    let api = defaults.value("API_BASE_URL").unwrap_or_default();
    let login = start_on(LOGIN_PORT, |port| {
        DemoProvider::start(DemoProviderOptions {
            port,
            client_id: "stylelicense-local".to_owned(),
            client_secret: SecretString::from(defaults.secret("GOOGLE_CLIENT_SECRET")),
            redirect_uris: vec![format!("{}/api/auth/google/callback", api.trim_end_matches('/'))],
            key_path: Some(folder.login_key()),
        })
    })
    .context("the demo login provider cannot be started")?;
    defaults.set("GOOGLE_CLIENT_ID", "stylelicense-local");
    defaults.set("GOOGLE_ISSUER_URL", login.issuer());
    Ok(Some(login))
}

fn start_payments(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Option<LocalToss>> {
    if given("TOSS_SECRET_KEY").is_some() || given("TOSS_API_BASE_URL").is_some() {
        // A provider of the environment's own: the local key is none of its.
        defaults.unset(&["TOSS_SECRET_KEY"]);
        return Ok(None);
    }
    let api = defaults.value("API_BASE_URL").unwrap_or_default();
    let payments = start_on(PAYMENTS_PORT, |port| {
        LocalToss::start(LocalTossOptions {
            port,
            webhook_url: Some(format!("{}/api/webhooks/toss/payment", api.trim_end_matches('/'))),
            file: Some(folder.payments()),
            ..LocalTossOptions::new(SecretString::from(defaults.secret("TOSS_SECRET_KEY")))
        })
    })
    .context("the local payment provider cannot be started")?;
    defaults.set("TOSS_API_BASE_URL", payments.base_url());
    Ok(Some(payments))
}

/// No web client is part of this platform: a login ends on the interactive pages, a payment on a page that tells how.
fn start_front(defaults: &mut Defaults) -> anyhow::Result<Option<DemoFront>> {
    if given("FRONTEND_URL").is_some() || given("CORS_ALLOWED_ORIGINS").is_some() {
        return Ok(None);
    }
    let api = defaults.value("API_BASE_URL").unwrap_or_default();
    let api = api.trim_end_matches('/');
    let front = start_on(FRONT_PORT, |port| DemoFront::start(port, api))
        .context("the pages in the web client's place cannot be served")?;
    defaults.set("FRONTEND_URL", front.base_url());
    defaults.set("LOGIN_REDIRECT_PATH", "/docs/");
    Ok(Some(front))
}

/// Tries the usual port first, so that addresses stay the same between runs, then a free one.
fn start_on<T>(port: u16, start: impl Fn(u16) -> Result<T, StartError>) -> Result<T, StartError> {
    match start(port) {
        Err(StartError::Bind { .. }) => start(0),
        other => other,
    }
}

fn origins(defaults: &Defaults) -> Vec<String> {
    let listed = defaults.value("CORS_ALLOWED_ORIGINS").unwrap_or_default();
    let mut origins: Vec<String> = listed.split(',').map(|origin| origin.trim().to_owned()).collect();
    origins.extend(defaults.value("API_BASE_URL"));
    origins
}
