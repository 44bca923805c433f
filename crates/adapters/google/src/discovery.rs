//! The provider's discovery document and JWKS, cached.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use openidconnect::core::{CoreClient, CoreClientAuthMethod, CoreJsonWebKeySet, CoreProviderMetadata};
use openidconnect::{
    AuthType, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, TokenUrl,
};
use tokio::sync::Mutex;

use crate::http::{HttpError, ProviderHttp};
use crate::settings::Registration;

/// How long a discovery result is used before it is fetched again.
const CACHE_LIFETIME: Range<TimeDelta> = TimeDelta::zero()..TimeDelta::hours(1);

/// Minimum interval between two attempts after a failed refresh (while a cached result exists), and between two
/// refreshes caused by an unknown signing key. Forged tokens must not make us send many requests to the provider.
const RETRY_INTERVAL: Range<TimeDelta> = TimeDelta::zero()..TimeDelta::minutes(1);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointMaybeSet>;

/// The result of one discovery.
pub(crate) struct Provider {
    pub(crate) client: Client,
    pub(crate) issuer: IssuerUrl,
    pub(crate) keys: CoreJsonWebKeySet,
    fetched_at: DateTime<Utc>,
}

/// Discovers the provider on first use and caches the result.
pub(crate) struct ProviderCache {
    registration: Registration,
    http: ProviderHttp,
    clock: Arc<dyn Clock>,
    /// Number of finished discoveries, successful or not.
    finished: AtomicU64,
    /// Held during a discovery, so that only one runs at a time.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    provider: Option<Arc<Provider>>,
    last_error: String,
    failed_at: Option<DateTime<Utc>>,
    keys_refreshed_at: Option<DateTime<Utc>>,
}

impl ProviderCache {
    pub(crate) fn new(registration: Registration, http: ProviderHttp, clock: Arc<dyn Clock>) -> Self {
        Self {
            registration,
            http,
            clock,
            finished: AtomicU64::new(0),
            state: Mutex::default(),
        }
    }

    pub(crate) fn registration(&self) -> &Registration {
        &self.registration
    }

    pub(crate) fn http(&self) -> &ProviderHttp {
        &self.http
    }

    /// The cached provider, refreshed when it is too old. An old result is used while the refresh fails.
    ///
    /// # Errors
    /// Discovery fails and nothing is cached; the text says why.
    pub(crate) async fn current(&self) -> Result<Arc<Provider>, String> {
        let finished_before = self.finished.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        if let Some(provider) = &state.provider {
            let fresh = is_within(&CACHE_LIFETIME, Some(provider.fetched_at), now);
            if fresh || is_within(&RETRY_INTERVAL, state.failed_at, now) {
                return Ok(Arc::clone(provider));
            }
        } else if self.finished.load(Ordering::Acquire) != finished_before {
            // A discovery failed while this call waited for the lock. Trying again would add up the timeouts of all
            // waiting calls.
            return Err(state.last_error.clone());
        }
        match (self.refresh(&mut state).await, &state.provider) {
            (Err(reason), Some(old)) => {
                tracing::warn!(
                    reason,
                    "discovery of the login provider failed; the cached result is used"
                );
                Ok(Arc::clone(old))
            }
            (outcome, _) => outcome,
        }
    }

    /// A newer discovery result than `old`, whose keys did not verify a token. `None` when the last refresh for
    /// this reason is too recent.
    ///
    /// # Errors
    /// Discovery fails; the text says why.
    pub(crate) async fn refresh_keys(&self, old: &Arc<Provider>) -> Result<Option<Arc<Provider>>, String> {
        let mut state = self.state.lock().await;
        if let Some(provider) = state.provider.as_ref().filter(|other| !Arc::ptr_eq(other, old)) {
            return Ok(Some(Arc::clone(provider)));
        }
        let now = self.clock.now();
        if is_within(&RETRY_INTERVAL, state.keys_refreshed_at, now) {
            return Ok(None);
        }
        state.keys_refreshed_at = Some(now);
        self.refresh(&mut state).await.map(Some)
    }

    async fn refresh(&self, state: &mut State) -> Result<Arc<Provider>, String> {
        let outcome = self.discover().await;
        match &outcome {
            Ok(provider) => {
                state.provider = Some(Arc::clone(provider));
                state.failed_at = None;
            }
            Err(reason) => {
                state.last_error.clone_from(reason);
                state.failed_at = Some(self.clock.now());
            }
        }
        self.finished.fetch_add(1, Ordering::Release);
        outcome
    }

    async fn discover(&self) -> Result<Arc<Provider>, String> {
        let Registration {
            issuer,
            client_id,
            client_secret,
            redirect_uri,
            https_only,
        } = &self.registration;
        let metadata = CoreProviderMetadata::discover_async(issuer.clone(), &self.http)
            .await
            .map_err(|error| describe(&error))?;
        if *https_only && metadata.authorization_endpoint().url().scheme() != "https" {
            return Err("the authorization endpoint is not an https URL".to_owned());
        }
        let token_url: TokenUrl = metadata
            .token_endpoint()
            .cloned()
            .ok_or("the discovery document names no token endpoint")?;
        let auth_type = auth_type(&metadata);
        let keys = metadata.jwks().clone();
        let client =
            CoreClient::from_provider_metadata(metadata, client_id.clone(), Some(client_secret.clone()))
                .set_token_uri(token_url)
                .set_redirect_uri(redirect_uri.clone())
                .set_auth_type(auth_type);
        Ok(Arc::new(Provider {
            client,
            issuer: issuer.clone(),
            keys,
            fetched_at: self.clock.now(),
        }))
    }
}

/// `false` for a time in the future, which a clock that was set back causes.
fn is_within(span: &Range<TimeDelta>, since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    since.is_some_and(|since| span.contains(&(now - since)))
}

/// The specification's default is HTTP Basic.
fn auth_type(metadata: &CoreProviderMetadata) -> AuthType {
    match metadata.token_endpoint_auth_methods_supported() {
        Some(methods)
            if methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic) =>
        {
            AuthType::RequestBody
        }
        _ => AuthType::BasicAuth,
    }
}

/// Leaves out the response body: it may contain anything.
fn describe(error: &DiscoveryError<HttpError>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Response(status, ..) => format!("unexpected discovery response ({status})"),
        DiscoveryError::Parse(_) => "the discovery document cannot be parsed".to_owned(),
        DiscoveryError::Validation(_) => {
            "the discovery document has another issuer than the one configured".to_owned()
        }
        _ => "discovery failed".to_owned(),
    }
}
