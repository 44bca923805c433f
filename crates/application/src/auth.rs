//! Login.

use std::sync::Arc;

use domain::{
    StorageError, UserId,
    auth::{Identity, LoginChallenge, LoginError, LoginProvider},
    clock::{Clock, Ids},
    unit_of_work::UnitOfWorkFactory,
    users::{NewAccount, RegistrationOutcome, Username},
};
use thiserror::Error;

/// Usernames tried for a new account: the plain one, then ones with a random number.
const USERNAME_TRIES: u32 = 12;

#[derive(Debug, Error)]
pub enum LoginFailure {
    #[error(transparent)]
    Provider(#[from] LoginError),
    #[error("the account is deactivated")]
    AccountDisabled,
    #[error("no username is free for this account")]
    NoUsername,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Logs users in through the login provider.
#[derive(Clone)]
pub struct LoginService {
    pub provider: Arc<dyn LoginProvider>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl LoginService {
    /// Starts a login. The caller keeps the challenge in the session.
    pub async fn begin(&self, login_hint: Option<String>) -> Result<LoginChallenge, LoginError> {
        self.provider.begin(login_hint).await
    }

    /// Finishes a login: verifies the identity and finds or creates its account.
    pub async fn finish(&self, code: &str, nonce: &str, pkce_verifier: &str) -> Result<UserId, LoginFailure> {
        let identity = self.provider.finish(code, nonce, pkce_verifier).await?;
        self.find_or_create_account(identity).await
    }

    async fn find_or_create_account(&self, identity: Identity) -> Result<UserId, LoginFailure> {
        let plain = Username::from_email(&identity.email);
        for attempt in 0..USERNAME_TRIES {
            let username = if attempt == 0 {
                plain.clone()
            } else {
                plain.numbered(self.random_suffix())
            };
            let mut unit = self.units.begin().await?;
            let account = NewAccount {
                identity: identity.clone(),
                username,
                now: self.clock.now(),
            };
            match unit.accounts().register(account).await? {
                RegistrationOutcome::Created(user) => {
                    unit.commit().await?;
                    tracing::info!(%user, "account created");
                    return Ok(user);
                }
                RegistrationOutcome::Existing {
                    user,
                    is_active: true,
                } => return Ok(user),
                RegistrationOutcome::Existing { is_active: false, .. } => {
                    return Err(LoginFailure::AccountDisabled);
                }
                RegistrationOutcome::UsernameTaken => {}
            }
        }
        Err(LoginFailure::NoUsername)
    }

    /// Up to six digits.
    fn random_suffix(&self) -> u32 {
        self.ids.uuid().as_fields().0 % 1_000_000
    }
}
