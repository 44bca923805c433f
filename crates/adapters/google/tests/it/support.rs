//! A test provider, the adapter, and a clock with an offset.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use domain::auth::{Identity, LoginChallenge, LoginError, LoginProvider};
use domain::clock::Clock;
use stylelicense_google::{GoogleLogin, Settings};
use testkit::login::{Fault, TestProvider};

pub const EMAIL: &str = "artist@example.com";

/// The system time plus an offset.
#[derive(Default)]
pub struct OffsetClock(AtomicI64);

impl OffsetClock {
    pub fn set_offset(&self, offset: TimeDelta) {
        self.0.store(offset.num_seconds(), Ordering::SeqCst);
    }
}

impl Clock for OffsetClock {
    #[expect(clippy::disallowed_methods, reason = "the provider uses the system time")]
    fn now(&self) -> DateTime<Utc> {
        DateTime::<Utc>::from(SystemTime::now()) + TimeDelta::seconds(self.0.load(Ordering::SeqCst))
    }
}

pub struct Fixture {
    pub provider: TestProvider,
    pub clock: Arc<OffsetClock>,
    pub login: GoogleLogin,
}

impl Fixture {
    pub fn new() -> Self {
        let provider = TestProvider::start().unwrap();
        let clock = Arc::new(OffsetClock::default());
        let login = GoogleLogin::new(&provider.settings(), clock.clone()).unwrap();
        Self {
            provider,
            clock,
            login,
        }
    }

    pub fn with_fault(fault: Fault) -> Self {
        let fixture = Self::new();
        fixture.provider.set_fault(fault);
        fixture
    }

    /// Starts a login and signs in at the provider; returns the challenge and the code.
    pub async fn authorized(&self) -> (LoginChallenge, String) {
        let challenge = self.login.begin(Some(EMAIL.to_owned())).await.unwrap();
        let (code, state) = self.provider.authorize(&challenge.url).await.unwrap();
        assert_eq!(state, challenge.state);
        (challenge, code)
    }

    pub async fn log_in(&self) -> Result<Identity, LoginError> {
        let (challenge, code) = self.authorized().await;
        self.finish(&challenge, &code).await
    }

    pub async fn finish(&self, challenge: &LoginChallenge, code: &str) -> Result<Identity, LoginError> {
        self.login
            .finish(code, &challenge.nonce, &challenge.pkce_verifier)
            .await
    }

    /// Logs in and returns the reason of the rejection.
    pub async fn rejection(&self) -> String {
        rejection(self.log_in().await)
    }
}

/// An adapter with these settings and the system time.
pub fn login_with(settings: &Settings) -> GoogleLogin {
    GoogleLogin::new(settings, Arc::new(OffsetClock::default())).unwrap()
}

pub fn rejection<T>(outcome: Result<T, LoginError>) -> String {
    match outcome {
        Err(LoginError::Rejected(reason)) => reason,
        Err(other) => panic!("expected a rejection, got: {other}"),
        Ok(_) => panic!("expected a rejection, got a success"),
    }
}

pub fn unavailability<T>(outcome: Result<T, LoginError>) -> String {
    match outcome {
        Err(LoginError::Unavailable(reason)) => reason,
        Err(other) => panic!("expected unavailable, got: {other}"),
        Ok(_) => panic!("expected unavailable, got a success"),
    }
}
