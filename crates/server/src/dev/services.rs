//! Starts a local service for each one that no environment variable configures.

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
    defaults::{Defaults, env_var},
};
use crate::bootstrap::storage_settings;
use crate::settings::Settings;

/// Default ports.
const S3_PORT: u16 = 8001;
const LOGIN_PORT: u16 = 8002;
const PAYMENTS_PORT: u16 = 8003;
const FRONT_PORT: u16 = 8004;

const PUBLIC_BUCKET: &str = "stylelicense-media";
const PRIVATE_BUCKET: &str = "stylelicense-media-private";

/// Starts the private PostgreSQL unless `DATABASE_URL` is set.
pub fn start_cluster(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Option<Cluster>> {
    if env_var("DATABASE_URL").is_some() {
        return Ok(None);
    }
    let cluster = Cluster::start(&ClusterOptions::new(folder.postgres()))
        .context("cannot start PostgreSQL (set DATABASE_URL to use a running one)")?;
    defaults.set("DATABASE_URL", &cluster.url("postgres"));
    Ok(Some(cluster))
}

/// The local services in this process.
pub struct LocalServices {
    pub storage: Option<LocalS3>,
    pub login: Option<DemoProvider>,
    /// Payment provider that moves no money.
    pub payments: Option<LocalToss>,
    /// Placeholder for the web client.
    pub front: Option<DemoFront>,
    consumer: Option<BrokerWorker>,
    /// Description of the worker for the banner.
    pub worker: &'static str,
}

impl LocalServices {
    /// Starts every service that is not configured: storage, login, payments and the placeholder of the web client.
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
            worker: "external",
        })
    }

    /// Starts the demo worker. Returns its in-process queue if no broker is configured.
    pub fn start_worker(
        &mut self,
        settings: &Settings,
        no_worker: bool,
    ) -> anyhow::Result<Option<Arc<dyn TaskPublisher>>> {
        if no_worker {
            return Ok(None);
        }
        let storage =
            S3Storage::new(&storage_settings(settings)).context("cannot set up the object store")?;
        let options = DemoWorkerOptions {
            buckets: settings.storage.buckets.clone(),
            internal_token: settings.internal_token.clone(),
            stage_delay: DemoWorkerOptions::DEFAULT_STAGE_DELAY,
        };
        let worker = DemoWorker::new(Arc::new(storage), options).context("cannot start the demo worker")?;
        match &settings.amqp_url {
            Some(url) => {
                self.worker = "demo worker, with tasks from RabbitMQ";
                self.consumer = Some(BrokerWorker::start(url, worker));
                Ok(None)
            }
            None => {
                self.worker = "demo worker in this process (paints procedural images, runs no model)";
                Ok(Some(Arc::new(InProcessQueue::new(worker))))
            }
        }
    }

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
    if env_var("AWS_STORAGE_BUCKET_NAME").is_some() {
        // The local keys are not those of an external store.
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
    .context("cannot start the local object store")?;
    defaults.set("AWS_STORAGE_BUCKET_NAME", PUBLIC_BUCKET);
    defaults.set("AWS_PRIVATE_BUCKET_NAME", PRIVATE_BUCKET);
    defaults.set("AWS_S3_ENDPOINT_URL", &storage.endpoint());
    Ok(Some(storage))
}

fn start_login(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Option<DemoProvider>> {
    if env_var("GOOGLE_CLIENT_ID").is_some() {
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
    .context("cannot start the demo login provider")?;
    defaults.set("GOOGLE_CLIENT_ID", "stylelicense-local");
    defaults.set("GOOGLE_ISSUER_URL", login.issuer());
    Ok(Some(login))
}

fn start_payments(folder: &DataFolder, defaults: &mut Defaults) -> anyhow::Result<Option<LocalToss>> {
    if env_var("TOSS_SECRET_KEY").is_some() || env_var("TOSS_API_BASE_URL").is_some() {
        // The local key is not that of an external provider.
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
    .context("cannot start the local payment provider")?;
    defaults.set("TOSS_API_BASE_URL", payments.base_url());
    Ok(Some(payments))
}

/// The platform has no web client: a login ends on the API documentation, a payment on a page with its outcome.
fn start_front(defaults: &mut Defaults) -> anyhow::Result<Option<DemoFront>> {
    if env_var("FRONTEND_URL").is_some() || env_var("CORS_ALLOWED_ORIGINS").is_some() {
        return Ok(None);
    }
    let api = defaults.value("API_BASE_URL").unwrap_or_default();
    let api = api.trim_end_matches('/');
    let front = start_on(FRONT_PORT, |port| DemoFront::start(port, api))
        .context("cannot start the web client placeholder")?;
    defaults.set("FRONTEND_URL", front.base_url());
    defaults.set("LOGIN_REDIRECT_PATH", "/docs/");
    Ok(Some(front))
}

/// Tries the default port first, so that URLs stay the same between runs, then a free port.
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
