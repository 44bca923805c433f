//! Creates the adapters from the settings.

use std::{sync::Arc, time::Duration};

use adapter_google::GoogleLogin;
use adapter_postgres::{PgStore, PoolOptions};
use adapter_rabbitmq::RabbitPublisher;
use adapter_s3::S3Storage;
use adapter_toss::TossPayments;
use anyhow::Context;
use domain::{
    auth::LoginProvider,
    clock::{Clock, Ids},
    object::ObjectStorage,
    tokens::PaymentProvider,
    workers::TaskPublisher,
};

use crate::{
    clock::{RandomIds, SystemClock},
    settings::Settings,
};

/// Timeout of a call to the payment provider. The provider expects an answer to its webhook within ten seconds, and the
/// webhook makes such calls.
const PAYMENT_TIMEOUT: Duration = Duration::from_secs(8);

/// The adapters of one worker thread. A network connection belongs to the runtime that opened it and ends with it, so
/// threads do not share adapters. Only the publisher is shared; its connection stays on one runtime.
#[derive(Clone)]
pub struct Adapters {
    pub store: PgStore,
    pub storage: Arc<dyn ObjectStorage>,
    pub publisher: Arc<dyn TaskPublisher>,
    pub login: Arc<dyn LoginProvider>,
    /// `None` when no payment provider is configured.
    pub payments: Option<Arc<dyn PaymentProvider>>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl Adapters {
    /// Creates adapters with a pool of at most `max_connections`. They connect on first use.
    pub fn new(
        settings: &Settings,
        publisher: Arc<dyn TaskPublisher>,
        max_connections: u32,
    ) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let options = PoolOptions {
            max_connections,
            ..PoolOptions::default()
        };
        let store = PgStore::new(&settings.database_url, &options).context("invalid DATABASE_URL")?;
        let storage =
            S3Storage::new(&storage_settings(settings)).context("cannot set up the object store")?;
        let login = GoogleLogin::new(&login_settings(settings), clock.clone())
            .context("cannot set up the login provider (GOOGLE_ISSUER_URL)")?;
        Ok(Self {
            store,
            storage: Arc::new(storage),
            publisher,
            login: Arc::new(login),
            payments: payments(settings)?,
            clock,
            ids: Arc::new(RandomIds),
        })
    }
}

/// The publisher of tasks to RabbitMQ.
pub fn publisher(settings: &Settings) -> anyhow::Result<Arc<dyn TaskPublisher>> {
    let url = settings
        .amqp_url
        .as_ref()
        .context("no broker is configured: set AMQP_URL or RABBITMQ_HOST")?;
    let broker = adapter_rabbitmq::Settings::from_url(url).context("invalid broker URL")?;
    Ok(Arc::new(RabbitPublisher::new(broker)))
}

/// The payment provider, if one is configured.
pub fn payments(settings: &Settings) -> anyhow::Result<Option<Arc<dyn PaymentProvider>>> {
    let Some(payments) = &settings.payments else {
        return Ok(None);
    };
    let return_url = |route: &str| format!("{}/api/payments/toss/{route}", settings.api_base_url);
    let toss = TossPayments::new(&adapter_toss::Settings {
        secret_key: payments.secret_key.clone(),
        api_base_url: payments.api_base_url.clone(),
        success_url: return_url("success"),
        fail_url: return_url("fail"),
        timeout: PAYMENT_TIMEOUT,
    })
    .context("cannot set up the payment provider (TOSS_SECRET_KEY, TOSS_API_BASE_URL)")?;
    Ok(Some(Arc::new(toss)))
}

pub fn storage_settings(settings: &Settings) -> adapter_s3::Settings {
    let storage = &settings.storage;
    adapter_s3::Settings {
        endpoint: storage.endpoint.clone(),
        region: storage.region.clone(),
        access_key: storage.access_key.clone(),
        secret_key: storage.secret_key.clone(),
        public_bucket: storage.buckets.public.clone(),
        private_bucket: storage.buckets.private.clone(),
        timeout: Duration::from_secs(30),
    }
}

fn login_settings(settings: &Settings) -> adapter_google::Settings {
    adapter_google::Settings {
        issuer_url: settings.login.issuer_url.clone(),
        client_id: settings.login.client_id.clone(),
        client_secret: settings.login.client_secret.clone(),
        redirect_uri: format!("{}/api/auth/google/callback", settings.api_base_url),
        timeout: Duration::from_secs(10),
    }
}
