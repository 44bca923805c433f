//! A login provider that can inject faults.

use std::ops::Deref;

use adapter_google::Settings;
use anyhow::{Context, Result, bail};
use local_services::oidc::{DemoProvider, DemoProviderOptions};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use local_services::oidc::InjectedFault as Fault;

pub const CLIENT_ID: &str = "stylelicense-test";

/// Default redirect URI. Nothing listens there.
const REDIRECT_URI: &str = "http://localhost:1/api/auth/google/callback";

/// The demo provider with one registered client. It derefs to [`DemoProvider`].
#[derive(Debug)]
pub struct TestProvider {
    demo: DemoProvider,
    client_secret: SecretString,
    redirect_uri: String,
}

impl TestProvider {
    /// Starts on a free port. Dropping it stops the server.
    pub fn start() -> Result<Self> {
        Self::start_for(REDIRECT_URI)
    }

    /// Starts with another `redirect_uri` of the client.
    pub fn start_for(redirect_uri: &str) -> Result<Self> {
        // Random, so that a test can search for leaks.
        let client_secret = SecretString::from(format!("{:032x}", rand::random::<u128>()));
        let demo = DemoProvider::start(DemoProviderOptions {
            port: 0,
            client_id: CLIENT_ID.to_owned(),
            client_secret: client_secret.clone(),
            redirect_uris: vec![redirect_uri.to_owned()],
            key_path: None,
        })?;
        Ok(Self {
            demo,
            client_secret,
            redirect_uri: redirect_uri.to_owned(),
        })
    }

    pub fn client_secret(&self) -> &str {
        self.client_secret.expose_secret()
    }

    /// Settings of the login adapter.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new(
            CLIENT_ID.to_owned(),
            self.client_secret.clone(),
            self.redirect_uri.clone(),
        );
        self.issuer().clone_into(&mut settings.issuer_url);
        settings
    }

    /// Opens the authorization URL and signs in with its `login_hint`. Returns the code and the state of the callback.
    pub async fn authorize(&self, url: &str) -> Result<(String, String)> {
        let browser = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()?;
        let response = browser.get(url).send().await?;
        let location = response
            .headers()
            .get(LOCATION)
            .with_context(|| format!("expected a redirect from the provider, got {}", response.status()))?;
        let location = location.to_str()?;
        if !location.starts_with(&self.redirect_uri) {
            bail!("expected a redirect to {}", self.redirect_uri);
        }
        let location = Url::parse(location)?;
        let parameter = |name: &str| {
            let mut pairs = location.query_pairs();
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        if let Some(error) = parameter("error") {
            bail!("the provider redirected with the error {error}");
        }
        let code = parameter("code").context("the callback has no code")?;
        let state = parameter("state").context("the callback has no state")?;
        Ok((code, state))
    }
}

impl Deref for TestProvider {
    type Target = DemoProvider;

    fn deref(&self) -> &DemoProvider {
        &self.demo
    }
}
