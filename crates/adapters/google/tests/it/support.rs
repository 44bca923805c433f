//! A provider, an adapter registered with it, and a clock to turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use domain::auth::Identity;
use domain::{
    auth::{LoginChallenge, LoginError, LoginProvider},
    clock::Clock,
};
use stylelicense_google::{GoogleLogin, Settings};
use testkit::login::{Fault, TestProvider};

pub const EMAIL: &str = "artist@example.com";

/// The real time, set forward or back.
#[derive(Default)]
pub struct TurnedClock(AtomicI64);

impl TurnedClock {
    /// Sets the clock to the real time plus this.
    pub fn set_ahead(&self, by: TimeDelta) {
        self.0.store(by.num_seconds(), Ordering::SeqCst);
    }
}

impl Clock for TurnedClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the provider has the real time, so this starts from it"
    )]
    fn now(&self) -> DateTime<Utc> {
        DateTime::<Utc>::from(SystemTime::now()) + TimeDelta::seconds(self.0.load(Ordering::SeqCst))
    }
}

pub struct Scene {
    pub provider: TestProvider,
    pub clock: Arc<TurnedClock>,
    pub login: GoogleLogin,
}

impl Scene {
    pub fn new() -> Self {
        let provider = TestProvider::start().unwrap();
        let clock = Arc::new(TurnedClock::default());
        let login = GoogleLogin::new(&provider.settings(), clock.clone()).unwrap();
        Self {
            provider,
            clock,
            login,
        }
    }

    pub fn with_fault(fault: Fault) -> Self {
        let scene = Self::new();
        scene.provider.set_fault(fault);
        scene
    }

    /// A login that has come back from the provider: what was kept, and the code.
    pub async fn authorized(&self) -> (LoginChallenge, String) {
        let challenge = self.login.begin(Some(EMAIL.to_owned())).await.unwrap();
        let (code, state) = self.provider.authorize(&challenge.url).await.unwrap();
        assert_eq!(state, challenge.state);
        (challenge, code)
    }

    /// A whole login.
    pub async fn log_in(&self) -> Result<Identity, LoginError> {
        let (challenge, code) = self.authorized().await;
        self.finish(&challenge, &code).await
    }

    pub async fn finish(&self, challenge: &LoginChallenge, code: &str) -> Result<Identity, LoginError> {
        self.login
            .finish(code, &challenge.nonce, &challenge.pkce_verifier)
            .await
    }

    /// The reason for which a login is rejected.
    pub async fn rejection(&self) -> String {
        rejection(self.log_in().await)
    }
}

/// An adapter with these settings and the real time.
pub fn login_with(settings: &Settings) -> GoogleLogin {
    GoogleLogin::new(settings, Arc::new(TurnedClock::default())).unwrap()
}

pub fn rejection<T>(outcome: Result<T, LoginError>) -> String {
    match outcome {
        Err(LoginError::Rejected(reason)) => reason,
        Err(other) => panic!("rejected, not: {other}"),
        Ok(_) => panic!("rejected, not let in"),
    }
}

pub fn unavailability<T>(outcome: Result<T, LoginError>) -> String {
    match outcome {
        Err(LoginError::Unavailable(reason)) => reason,
        Err(other) => panic!("unavailable, not: {other}"),
        Ok(_) => panic!("unavailable, not successful"),
    }
}
