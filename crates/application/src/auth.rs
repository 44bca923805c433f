//! Signing in.

use std::sync::Arc;

use domain::{
    StorageError, UserId,
    auth::{Identity, LoginChallenge, LoginError, LoginProvider},
    clock::{Clock, Ids},
    unit_of_work::UnitOfWorkFactory,
    users::{NewAccount, Registered, Username},
};
use thiserror::Error;

/// How many usernames are tried for a new account before giving up: the plain one, then ones with a random number.
const USERNAME_TRIES: u32 = 12;

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum LoginFailure {
    /// The provider's answer does not stand, or there is none.
    #[error(transparent)]
    Provider(#[from] LoginError),
    #[error("the account is deactivated")]
    AccountDisabled,
    /// No free username was found.
    #[error("no username is free for this account")]
    NoUsername,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Signs people in through the login provider.
#[derive(Clone)]
pub struct LoginService {
    pub provider: Arc<dyn LoginProvider>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl LoginService {
    /// Starts a login; the challenge belongs into the browser's session.
    pub async fn begin(&self, login_hint: Option<String>) -> Result<LoginChallenge, LoginError> {
        self.provider.begin(login_hint).await
    }

    /// Finishes a login: verifies who came back and finds or makes the account, with its one welcome bonus.
    pub async fn finish(&self, code: &str, nonce: &str, pkce_verifier: &str) -> Result<UserId, LoginFailure> {
        let identity = self.provider.finish(code, nonce, pkce_verifier).await?;
        self.account_of(identity).await
    }

    async fn account_of(&self, identity: Identity) -> Result<UserId, LoginFailure> {
        let plain = Username::from_email(&identity.email);
        for attempt in 0..USERNAME_TRIES {
            let username = if attempt == 0 {
                plain.clone()
            } else {
                plain.numbered(self.number())
            };
            let mut unit = self.units.begin().await?;
            let account = NewAccount {
                identity: identity.clone(),
                username,
                now: self.clock.now(),
            };
            match unit.accounts().register(account).await? {
                Registered::Created(user) => {
                    unit.commit().await?;
                    tracing::info!(%user, "account created");
                    return Ok(user);
                }
                Registered::Existing {
                    user,
                    is_active: true,
                } => return Ok(user),
                Registered::Existing { is_active: false, .. } => return Err(LoginFailure::AccountDisabled),
                Registered::UsernameTaken => {}
            }
        }
        Err(LoginFailure::NoUsername)
    }

    /// A random number of up to six digits.
    fn number(&self) -> u32 {
        self.ids.uuid().as_fields().0 % 1_000_000
    }
}
