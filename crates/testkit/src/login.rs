//! A login provider of one's own, which can be told to answer wrongly, and the way through it.

use std::ops::Deref;

use adapter_google::Settings;
use anyhow::{Context, Result, bail};
use local_services::oidc::{DemoProvider, DemoProviderOptions};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use local_services::oidc::InjectedFault as Fault;

/// The id under which the platform is registered with the provider.
pub const CLIENT_ID: &str = "stylelicense-test";

/// Where the provider sends people back to unless a test says otherwise. Nothing listens there.
const REDIRECT_URI: &str = "http://localhost:1/api/auth/google/callback";

/// The demo provider with one registered client. It derefs to [`DemoProvider`] for faults, keys and subjects.
#[derive(Debug)]
pub struct TestProvider {
    demo: DemoProvider,
    client_secret: SecretString,
    redirect_uri: String,
}

impl TestProvider {
    /// Starts it on a free port. It ends when this value is dropped.
    ///
    /// # Errors
    /// There is no port, no thread or no key.
    pub fn start() -> Result<Self> {
        Self::start_for(REDIRECT_URI)
    }

    /// The same for a client whose callback is `redirect_uri`.
    ///
    /// # Errors
    /// There is no port, no thread or no key, or this is not an absolute address.
    pub fn start_for(redirect_uri: &str) -> Result<Self> {
        // A secret of its own for each, so that finding it anywhere means that it leaked.
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

    /// The client's secret.
    pub fn client_secret(&self) -> &str {
        self.client_secret.expose_secret()
    }

    /// What the login adapter needs to be this client.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new(
            CLIENT_ID.to_owned(),
            self.client_secret.clone(),
            self.redirect_uri.clone(),
        );
        self.issuer().clone_into(&mut settings.issuer_url);
        settings
    }

    /// Does what a browser would with the address a login starts with: signs in the e-mail in its
    /// `login_hint` and returns the code and the state that the provider sends to the callback.
    ///
    /// # Errors
    /// The provider does not redirect to the callback (it shows its page when the address has no
    /// `login_hint`), or it redirects with an error, which is named.
    pub async fn authorize(&self, url: &str) -> Result<(String, String)> {
        let browser = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()?;
        let response = browser.get(url).send().await?;
        let location = response
            .headers()
            .get(LOCATION)
            .with_context(|| format!("the provider must redirect, but it answers {}", response.status()))?;
        let location = location.to_str()?;
        if !location.starts_with(&self.redirect_uri) {
            bail!("the provider must redirect to {}", self.redirect_uri);
        }
        let location = Url::parse(location)?;
        let parameter = |name: &str| {
            let mut pairs = location.query_pairs();
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        if let Some(error) = parameter("error") {
            bail!("the provider answers with the error {error}");
        }
        let code = parameter("code").context("the provider must send a code")?;
        let state = parameter("state").context("the provider must send the state back")?;
        Ok((code, state))
    }
}

impl Deref for TestProvider {
    type Target = DemoProvider;

    fn deref(&self) -> &DemoProvider {
        &self.demo
    }
}
