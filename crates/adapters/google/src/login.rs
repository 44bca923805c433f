//! Starts a login with a redirect to the provider and finishes it with the code of the callback.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::auth::{Identity, LoginChallenge, LoginError, LoginProvider};
use domain::clock::Clock;
use domain::users::EmailAddress;
use openidconnect::core::{CoreErrorResponseType, CoreIdToken, CoreRequestTokenError, CoreResponseType};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    Scope, TokenResponse,
};

use crate::discovery::{Provider, ProviderCache};
use crate::http::{HttpError, ProviderHttp};
use crate::settings::{Registration, Settings, SettingsError};
use crate::verification::{TokenError, verify};

/// Length of the state and of the nonce.
const RANDOM_BYTES: u32 = 32;

/// Longer codes are rejected. Google's codes have at most 256 bytes.
const MAX_CODE_BYTES: usize = 2048;

/// Login through Google, or through any OpenID Connect provider with discovery.
pub struct GoogleLogin {
    cache: ProviderCache,
    clock: Arc<dyn Clock>,
}

impl GoogleLogin {
    /// Checks the settings. The first login sends the first request to the provider.
    ///
    /// # Errors
    /// An invalid setting.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let registration = Registration::parse(settings)?;
        let http = ProviderHttp::new(settings.timeout, registration.https_only)?;
        Ok(Self {
            cache: ProviderCache::new(registration, http, Arc::clone(&clock)),
            clock,
        })
    }

    async fn provider(&self) -> Result<Arc<Provider>, LoginError> {
        self.cache.current().await.map_err(LoginError::Unavailable)
    }

    /// Exchanges the code for an ID token, which is not verified yet.
    async fn exchange(
        &self,
        provider: &Provider,
        code: &str,
        pkce_verifier: &str,
    ) -> Result<CoreIdToken, LoginError> {
        let response = provider
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(pkce_verifier.to_owned()))
            .request_async(self.cache.http())
            .await
            .map_err(exchange_error)?;
        let token = response.id_token().cloned();
        token.ok_or_else(|| LoginError::Rejected("the provider sent no ID token".to_owned()))
    }

    fn verify(
        &self,
        token: &CoreIdToken,
        provider: &Provider,
        nonce: &Nonce,
    ) -> Result<Identity, TokenError> {
        let client_id = &self.cache.registration().client_id;
        verify(token, provider, client_id, nonce, self.clock.now())
    }
}

#[async_trait]
impl LoginProvider for GoogleLogin {
    /// A `login_hint` that is not an e-mail address is left out.
    async fn begin(&self, login_hint: Option<String>) -> Result<LoginChallenge, LoginError> {
        let provider = self.provider().await?;
        let (pkce_challenge, pkce_verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = provider
            .client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                || CsrfToken::new_random_len(RANDOM_BYTES),
                || Nonce::new_random_len(RANDOM_BYTES),
            )
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(pkce_challenge);
        let hint = login_hint.and_then(|hint| EmailAddress::parse_address(&hint).ok());
        if let Some(email) = hint {
            request = request.set_login_hint(LoginHint::new(email.into_string()));
        }
        let (url, state, nonce) = request.url();
        Ok(LoginChallenge {
            url: url.into(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            pkce_verifier: pkce_verifier.into_secret(),
        })
    }

    async fn finish(&self, code: &str, nonce: &str, pkce_verifier: &str) -> Result<Identity, LoginError> {
        if code.is_empty() || code.len() > MAX_CODE_BYTES || nonce.is_empty() || pkce_verifier.is_empty() {
            return Err(LoginError::Rejected(
                "the callback does not belong to a login".to_owned(),
            ));
        }
        let provider = self.provider().await?;
        let token = self.exchange(&provider, code, pkce_verifier).await?;
        let nonce = Nonce::new(nonce.to_owned());
        let mut outcome = self.verify(&token, &provider, &nonce);
        if outcome == Err(TokenError::UnknownKey) {
            // The provider may have rotated its keys.
            let refreshed = self
                .cache
                .refresh_keys(&provider)
                .await
                .map_err(LoginError::Unavailable)?;
            if let Some(refreshed) = refreshed {
                outcome = self.verify(&token, &refreshed, &nonce);
            }
        }
        outcome.map_err(LoginError::from)
    }
}

impl From<TokenError> for LoginError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::UnknownKey => {
                Self::Rejected("the ID token's signature matches none of the provider's keys".to_owned())
            }
            TokenError::Invalid(reason) => Self::Rejected(reason.to_owned()),
            TokenError::EmailNotVerified => Self::EmailNotVerified,
        }
    }
}

/// Leaves out what was received: an error description may quote the code, and an unreadable response may be a token.
fn exchange_error(error: CoreRequestTokenError<HttpError>) -> LoginError {
    match error {
        CoreRequestTokenError::Request(error) => LoginError::Unavailable(error.to_string()),
        CoreRequestTokenError::ServerResponse(response) => {
            let reason = match response.error() {
                CoreErrorResponseType::Extension(_) => "a non-standard error code",
                known => known.as_ref(),
            };
            LoginError::Rejected(format!("the provider refused the code: {reason}"))
        }
        CoreRequestTokenError::Parse(..) => {
            LoginError::Rejected("the provider's token response cannot be parsed".to_owned())
        }
        CoreRequestTokenError::Other(_) => {
            LoginError::Unavailable("it did not send a token response".to_owned())
        }
    }
}

impl fmt::Debug for GoogleLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleLogin")
            .field("registration", self.cache.registration())
            .finish_non_exhaustive()
    }
}
