//! The two ends of a login: sending the browser away, and finding out who came back.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{auth::Identity, users::EmailAddress};
use domain::{
    auth::{LoginChallenge, LoginError, LoginProvider},
    clock::Clock,
};
use openidconnect::core::{CoreErrorResponseType, CoreIdToken, CoreRequestTokenError, CoreResponseType};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    Scope, TokenResponse,
};

use crate::discovery::{Provider, Providers};
use crate::http::{HttpError, ProviderHttp};
use crate::settings::{Registration, Settings, SettingsError};
use crate::verification::{Refusal, verify};

/// Random bytes in a state and in a nonce.
const RANDOM_BYTES: u32 = 32;

/// The longest code that is sent on. Google's have about 100 bytes and may get longer, up to 256.
const MAX_CODE_BYTES: usize = 2048;

/// Logs people in through Google, or through any provider of OpenID Connect with discovery.
pub struct GoogleLogin {
    providers: Providers,
    clock: Arc<dyn Clock>,
}

impl GoogleLogin {
    /// Checks the settings; the provider is not asked anything before the first login.
    ///
    /// # Errors
    /// [`SettingsError`] says which setting no login could succeed with.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let registration = Registration::parse(settings)?;
        let http = ProviderHttp::new(settings.timeout, registration.https_only)?;
        Ok(Self {
            providers: Providers::new(registration, http, Arc::clone(&clock)),
            clock,
        })
    }

    async fn provider(&self) -> Result<Arc<Provider>, LoginError> {
        self.providers.current().await.map_err(LoginError::Unavailable)
    }

    /// The code for an ID token that nobody has verified yet.
    async fn exchange(
        &self,
        provider: &Provider,
        code: &str,
        pkce_verifier: &str,
    ) -> Result<CoreIdToken, LoginError> {
        let answer = provider
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(pkce_verifier.to_owned()))
            .request_async(self.providers.http())
            .await
            .map_err(exchange_error)?;
        let token = answer.id_token().cloned();
        token.ok_or_else(|| LoginError::Rejected("the provider sent no ID token".to_owned()))
    }

    fn verify(&self, token: &CoreIdToken, provider: &Provider, nonce: &Nonce) -> Result<Identity, Refusal> {
        let client_id = &self.providers.registration().client_id;
        verify(token, provider, client_id, nonce, self.clock.now())
    }
}

#[async_trait]
impl LoginProvider for GoogleLogin {
    /// `login_hint` is handed on when it is an e-mail address, else left out.
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
        if outcome == Err(Refusal::Key) {
            // The provider may have new keys.
            let newer = self
                .providers
                .newer(&provider)
                .await
                .map_err(LoginError::Unavailable)?;
            if let Some(newer) = newer {
                outcome = self.verify(&token, &newer, &nonce);
            }
        }
        outcome.map_err(LoginError::from)
    }
}

impl From<Refusal> for LoginError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Key => {
                Self::Rejected("the ID token's signature fits none of the provider's keys".to_owned())
            }
            Refusal::Token(reason) => Self::Rejected(reason.to_owned()),
            Refusal::Email => Self::EmailNotVerified,
        }
    }
}

/// Says what is wrong without repeating what was received: descriptions may quote the code, and an answer
/// that cannot be read may be a token.
fn exchange_error(error: CoreRequestTokenError<HttpError>) -> LoginError {
    match error {
        CoreRequestTokenError::Request(error) => LoginError::Unavailable(error.to_string()),
        CoreRequestTokenError::ServerResponse(answer) => {
            let reason = match answer.error() {
                CoreErrorResponseType::Extension(_) => "for a reason of its own",
                known => known.as_ref(),
            };
            LoginError::Rejected(format!("the provider refused the code: {reason}"))
        }
        CoreRequestTokenError::Parse(..) => {
            LoginError::Rejected("the provider's answer to the code cannot be read".to_owned())
        }
        CoreRequestTokenError::Other(_) => {
            LoginError::Unavailable("its answer to the code is not a token answer".to_owned())
        }
    }
}

impl fmt::Debug for GoogleLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleLogin")
            .field("registration", self.providers.registration())
            .finish_non_exhaustive()
    }
}
