//! Creates the services from the adapters.

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use adapter_postgres::PgStore;
use anyhow::Context;
use application::{
    auth::LoginService,
    generations::{GenerationService, InferenceReports},
    media_urls::MediaUrls,
    notifications::NotificationService,
    operations::HealthService,
    search::SearchService,
    social::CommunityService,
    styles::{StyleService, TrainingReports, UploadGuard},
    tokens::PaymentService,
    users::{AccountService, ErasureService, FollowService},
    workers::TaskWriter,
};
use domain::tokens::TokenQueries;
use http_api::{HttpConfig, HttpDeps, WorkerAccess};
use tokio::sync::Notify;
use url::Url;

use super::Adapters;
use crate::settings::Settings;

/// Everything that handlers and background jobs use.
pub struct Services {
    pub http: HttpDeps,
    pub worker_access: WorkerAccess,
    pub login: LoginService,
    pub accounts: AccountService,
    pub erasures: ErasureService,
    pub tokens: Arc<dyn TokenQueries>,
    pub payments: PaymentService,
    pub styles: StyleService,
    pub training_reports: TrainingReports,
    pub generations: GenerationService,
    pub follows: FollowService,
    pub search: SearchService,
    pub community: CommunityService,
    pub notifications: NotificationService,
    pub inference_reports: InferenceReports,
    pub health: HealthService,
    pub media: MediaUrls,
    pub uploads: UploadGuard,
    pub tasks: TaskWriter,
    /// Wakes the relays after a task was added to the outbox.
    pub wake: Arc<Notify>,
}

impl Services {
    #[expect(clippy::too_many_lines, reason = "a list of services and their ports")]
    pub fn new(settings: &Settings, adapters: Adapters, wake: Arc<Notify>) -> anyhow::Result<Self> {
        let Adapters {
            store,
            storage,
            publisher,
            login,
            payments,
            clock,
            ids,
        } = adapters;
        let store: Arc<PgStore> = Arc::new(store);
        let buckets = settings.storage.buckets.clone();
        let tasks = TaskWriter::new(buckets.clone(), &settings.api_base_url);
        let uploads = UploadGuard {
            units: store.clone(),
            storage: storage.clone(),
            retention: store.clone(),
            clock: clock.clone(),
            buckets: buckets.clone(),
        };
        let waker = {
            let wake = wake.clone();
            Arc::new(move || wake.notify_waiters())
        };
        let inference_reports = InferenceReports {
            queries: store.clone(),
            settlements: store.clone(),
            tasks: tasks.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        Ok(Self {
            http: HttpDeps {
                config: Arc::new(http_config(settings)?),
                sessions: store.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            worker_access: WorkerAccess {
                token: settings.internal_token.clone(),
                previous: settings.internal_token_previous.clone(),
                allowed_ips: settings.webhook_allowed_ips.clone(),
                trusted_proxies: settings.trusted_proxies.clone(),
            },
            login: LoginService {
                provider: login,
                units: store.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            accounts: AccountService {
                queries: store.clone(),
                units: store.clone(),
                uploads: uploads.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            erasures: ErasureService::new(
                store.clone(),
                store.clone(),
                store.clone(),
                clock.clone(),
                ids.clone(),
                buckets.clone(),
                settings.deadlines,
            ),
            tokens: store.clone(),
            payments: PaymentService {
                purchases: store.clone(),
                queries: store.clone(),
                provider: payments,
                clock: clock.clone(),
                ids: ids.clone(),
            },
            styles: StyleService {
                queries: store.clone(),
                units: store.clone(),
                uploads: uploads.clone(),
                tasks: tasks.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
                max_styles: settings.max_styles_per_artist,
            },
            training_reports: TrainingReports {
                trainings: store.clone(),
                clock: clock.clone(),
            },
            generations: GenerationService {
                queries: store.clone(),
                settlements: store.clone(),
                units: store.clone(),
                tasks: tasks.clone(),
                clock: clock.clone(),
                ids,
                wake: waker,
            },
            follows: FollowService {
                follows: store.clone(),
                queries: store.clone(),
                clock: clock.clone(),
            },
            search: SearchService {
                queries: store.clone(),
            },
            community: CommunityService {
                community: store.clone(),
                queries: store.clone(),
                generations: store.clone(),
                clock: clock.clone(),
            },
            notifications: NotificationService {
                notifications: store.clone(),
                queries: store.clone(),
                clock: clock.clone(),
            },
            inference_reports,
            health: HealthService {
                audit: store.clone(),
                outbox: store,
                publisher,
                storage: storage.clone(),
                clock,
            },
            media: MediaUrls { buckets, storage },
            uploads,
            tasks,
            wake,
        })
    }

    /// Registers the services as `app_data` for the handlers.
    pub fn register(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(self.worker_access.clone()))
            .app_data(Data::new(self.login.clone()))
            .app_data(Data::new(self.accounts.clone()))
            .app_data(Data::new(self.erasures.clone()))
            .app_data(Data::from(self.tokens.clone()))
            .app_data(Data::new(self.payments.clone()))
            .app_data(Data::new(self.styles.clone()))
            .app_data(Data::new(self.training_reports.clone()))
            .app_data(Data::new(self.generations.clone()))
            .app_data(Data::new(self.follows.clone()))
            .app_data(Data::new(self.search.clone()))
            .app_data(Data::new(self.community.clone()))
            .app_data(Data::new(self.notifications.clone()))
            .app_data(Data::new(self.inference_reports.clone()))
            .app_data(Data::new(self.health.clone()))
            .app_data(Data::new(self.media.clone()));
    }
}

fn http_config(settings: &Settings) -> anyhow::Result<HttpConfig> {
    let url = |raw: &str| Url::parse(raw).with_context(|| format!("invalid URL: {raw}"));
    Ok(HttpConfig {
        production: settings.is_production(),
        allowed_origins: settings.cors_allowed_origins.clone(),
        allowed_hosts: settings.allowed_hosts.clone(),
        frontend_url: url(&settings.frontend_url)?,
        login_redirect_path: settings.login_redirect_path.clone(),
        api_base_url: url(&settings.api_base_url)?,
        secret_key: settings.secret_key.clone(),
    })
}
