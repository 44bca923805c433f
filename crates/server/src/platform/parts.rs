//! The adapters, made from settings.

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
use secrecy::SecretString;

use crate::{
    clock::{RandomIds, SystemClock},
    settings::Settings,
};

/// For one call to the payment provider: its own webhooks are answered within ten seconds.
const PAYMENT_PATIENCE: Duration = Duration::from_secs(8);

/// Everything the services stand on.
#[derive(Clone)]
pub struct Parts {
    /// PostgreSQL.
    pub store: PgStore,
    /// Object store.
    pub storage: Arc<dyn ObjectStorage>,
    /// Way to the workers.
    pub publisher: Arc<dyn TaskPublisher>,
    /// Login provider.
    pub login: Arc<dyn LoginProvider>,
    /// Payment provider, when one is named.
    pub payments: Option<Arc<dyn PaymentProvider>>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
}

impl Parts {
    /// Makes the adapters. `local_publisher` goes before the settings' broker. Nothing but the database must be there
    /// yet: broker, storage and login provider are reached when they are needed.
    pub async fn connect(
        settings: &Settings,
        local_publisher: Option<Arc<dyn TaskPublisher>>,
    ) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = PgStore::connect(&settings.database_url, PoolOptions::default())
            .await
            .context("the database (DATABASE_URL) cannot be reached")?;
        let storage =
            S3Storage::new(&storage_settings(settings)).context("the object store cannot be set up")?;
        let publisher = match (local_publisher, &settings.amqp_url) {
            (Some(local), _) => local,
            (None, Some(url)) => broker(url)?,
            (None, None) => {
                anyhow::bail!("no broker is named: set AMQP_URL, or RABBITMQ_HOST and its companions")
            }
        };
        let login = GoogleLogin::new(&login_settings(settings), clock.clone())
            .context("the login provider (GOOGLE_ISSUER_URL) cannot be set up")?;
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

/// The payment provider, when one is named.
pub fn payments(settings: &Settings) -> anyhow::Result<Option<Arc<dyn PaymentProvider>>> {
    let Some(shop) = &settings.payments else {
        return Ok(None);
    };
    let back = |end: &str| format!("{}/api/payments/toss/{end}", settings.api_base_url);
    let toss = TossPayments::new(&adapter_toss::Settings {
        secret_key: shop.secret_key.clone(),
        api_base_url: shop.api_base_url.clone(),
        success_url: back("success"),
        fail_url: back("fail"),
        timeout: PAYMENT_PATIENCE,
    })
    .context("the payment provider (TOSS_SECRET_KEY, TOSS_API_BASE_URL) cannot be set up")?;
    Ok(Some(Arc::new(toss)))
}

fn broker(url: &SecretString) -> anyhow::Result<Arc<dyn TaskPublisher>> {
    let settings =
        adapter_rabbitmq::Settings::from_url(url).context("the broker's address cannot be used")?;
    Ok(Arc::new(RabbitPublisher::new(settings)))
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
