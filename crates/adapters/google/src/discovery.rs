//! What the provider publishes about itself, and when it is asked for it again.

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

/// How long endpoints and keys are taken for current.
const FRESH: Range<TimeDelta> = TimeDelta::zero()..TimeDelta::hours(1);

/// How long nothing is asked again: after a failure while older answers are at hand, and after a token whose
/// signature fitted no key. Tokens cost a forger nothing, so they must not make us press the provider.
const PAUSE: Range<TimeDelta> = TimeDelta::zero()..TimeDelta::minutes(1);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointMaybeSet>;

/// The provider as it described itself at one time.
pub(crate) struct Provider {
    /// Knows the endpoints, our id, our secret and our callback.
    pub(crate) client: Client,
    pub(crate) issuer: IssuerUrl,
    pub(crate) keys: CoreJsonWebKeySet,
    fetched_at: DateTime<Utc>,
}

/// Discovers the provider when it is needed and remembers it.
pub(crate) struct Providers {
    registration: Registration,
    http: ProviderHttp,
    clock: Arc<dyn Clock>,
    /// Discoveries that have ended, well or not.
    ended: AtomicU64,
    /// Held while asking: one discovery at a time, everybody else waits for its outcome.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    provider: Option<Arc<Provider>>,
    failure: String,
    failed_at: Option<DateTime<Utc>>,
    forced_at: Option<DateTime<Utc>>,
}

impl Providers {
    pub(crate) fn new(registration: Registration, http: ProviderHttp, clock: Arc<dyn Clock>) -> Self {
        Self {
            registration,
            http,
            clock,
            ended: AtomicU64::new(0),
            known: Mutex::default(),
        }
    }

    pub(crate) fn registration(&self) -> &Registration {
        &self.registration
    }

    pub(crate) fn http(&self) -> &ProviderHttp {
        &self.http
    }

    /// The provider, discovered if need be. What is known stays good while the provider cannot be asked.
    ///
    /// # Errors
    /// Nothing is known yet and the provider cannot be discovered; the text says why.
    pub(crate) async fn current(&self) -> Result<Arc<Provider>, String> {
        let ended_before = self.ended.load(Ordering::Acquire);
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some(provider) = &known.provider {
            let fresh = is_within(&FRESH, Some(provider.fetched_at), now);
            if fresh || is_within(&PAUSE, known.failed_at, now) {
                return Ok(Arc::clone(provider));
            }
        } else if self.ended.load(Ordering::Acquire) != ended_before {
            // An attempt failed while this one waited: asking in turn would make the last wait for all.
            return Err(known.failure.clone());
        }
        match (self.ask(&mut known).await, &known.provider) {
            (Err(reason), Some(old)) => {
                tracing::warn!(
                    reason,
                    "the login provider could not be asked again, going on with what is known"
                );
                Ok(Arc::clone(old))
            }
            (outcome, _) => outcome,
        }
    }

    /// The provider with other keys than `than` has, which did not fit a token. `None` when it is too early
    /// to ask again.
    ///
    /// # Errors
    /// The provider cannot be discovered; the text says why.
    pub(crate) async fn newer(&self, than: &Arc<Provider>) -> Result<Option<Arc<Provider>>, String> {
        let mut known = self.known.lock().await;
        if let Some(provider) = known.provider.as_ref().filter(|other| !Arc::ptr_eq(other, than)) {
            return Ok(Some(Arc::clone(provider)));
        }
        let now = self.clock.now();
        if is_within(&PAUSE, known.forced_at, now) {
            return Ok(None);
        }
        known.forced_at = Some(now);
        self.ask(&mut known).await.map(Some)
    }

    async fn ask(&self, known: &mut Known) -> Result<Arc<Provider>, String> {
        let outcome = self.discover().await;
        match &outcome {
            Ok(provider) => {
                known.provider = Some(Arc::clone(provider));
                known.failed_at = None;
            }
            Err(reason) => {
                known.failure.clone_from(reason);
                known.failed_at = Some(self.clock.now());
            }
        }
        self.ended.fetch_add(1, Ordering::Release);
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
            return Err("its authorization endpoint is not an https address".to_owned());
        }
        let token_url: TokenUrl = metadata
            .token_endpoint()
            .cloned()
            .ok_or("it names no token endpoint")?;
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

/// A clock that was set back makes a time lie in the future, which is not within anything.
fn is_within(span: &Range<TimeDelta>, since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    since.is_some_and(|since| span.contains(&(now - since)))
}

/// Basic authentication is what the specification presumes of a provider that says nothing.
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

/// Says what is wrong without repeating what was received.
fn describe(error: &DiscoveryError<HttpError>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Response(status, ..) => format!("its answer to discovery cannot be used ({status})"),
        DiscoveryError::Parse(_) => "its answer to discovery cannot be read".to_owned(),
        DiscoveryError::Validation(_) => "it names another issuer than the one configured".to_owned(),
        _ => "it cannot be discovered".to_owned(),
    }
}
