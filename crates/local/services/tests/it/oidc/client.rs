//! A client of the provider. Tests can change or remove every parameter.

use std::collections::HashMap;

use openidconnect::core::{
    CoreClient, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet, CoreProviderMetadata,
};
use openidconnect::{ClaimsVerificationError, ClientId, ClientSecret, IssuerUrl, Nonce, PkceCodeChallenge};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::Value;
use stylelicense_local_services::oidc::{DemoProvider, DemoProviderOptions};
use url::Url;

pub const CLIENT_ID: &str = "stylelicense";
pub const CLIENT_SECRET: &str = "a secret: with + and %";
pub const CALLBACK: &str = "http://localhost:8000/api/auth/google/callback";
pub const NONCE: &str = "the-nonce-of-this-login";
pub const ARTIST: &str = "artist@example.com";

pub fn options() -> DemoProviderOptions {
    DemoProviderOptions {
        port: 0,
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned().into(),
        redirect_uris: vec![CALLBACK.to_owned()],
        key_path: None,
    }
}

/// The provider, a client that does not follow redirects, and one PKCE pair.
pub struct Login {
    pub provider: DemoProvider,
    pub http: Client,
    pub verifier: String,
    challenge: String,
}

impl Login {
    pub fn start() -> Self {
        Self::with(DemoProvider::start(options()).unwrap())
    }

    pub fn with(provider: DemoProvider) -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Self {
            provider,
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            verifier: verifier.into_secret(),
            challenge: challenge.as_str().to_owned(),
        }
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.provider.issuer())
    }

    /// A valid authorization request with changed parameters; an empty value removes a parameter.
    pub fn parameters(&self, changes: &[(&str, &str)]) -> HashMap<String, String> {
        let mut parameters: HashMap<String, String> = [
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("redirect_uri", CALLBACK),
            ("scope", "openid email profile"),
            ("state", "the-state"),
            ("nonce", NONCE),
            ("code_challenge", self.challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("login_hint", ARTIST),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for (name, value) in changes {
            parameters.insert((*name).to_owned(), (*value).to_owned());
        }
        parameters.retain(|_, value| !value.is_empty());
        parameters
    }

    pub async fn authorize(&self, changes: &[(&str, &str)]) -> Response {
        let request = self
            .http
            .get(self.address("/authorize"))
            .query(&self.parameters(changes));
        request.send().await.unwrap()
    }

    /// Signs in and returns the code.
    pub async fn code(&self) -> String {
        let response = self.authorize(&[]).await;
        assert_eq!(response.status(), 302);
        callback_parameters(&response)["code"].clone()
    }

    /// A valid exchange with changed form fields; an empty value removes a field.
    pub async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> Response {
        let mut form: HashMap<&str, &str> = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", self.verifier.as_str()),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ]
        .into();
        form.extend(changes.iter().copied());
        form.retain(|_, value| !value.is_empty());
        self.http
            .post(self.address("/token"))
            .form(&form)
            .send()
            .await
            .unwrap()
    }

    /// Signs in and returns the ID token.
    pub async fn id_token(&self) -> String {
        let response = self.exchange(&self.code().await, &[]).await;
        assert_eq!(response.status(), 200);
        let body: Value = response.json().await.unwrap();
        body["id_token"].as_str().unwrap().to_owned()
    }

    pub async fn metadata(&self) -> CoreProviderMetadata {
        let issuer = IssuerUrl::new(self.provider.issuer().to_owned()).unwrap();
        CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .unwrap()
    }

    pub async fn keys(&self) -> CoreJsonWebKeySet {
        let keys = self.http.get(self.address("/jwks.json")).send().await.unwrap();
        keys.json().await.unwrap()
    }

    /// Verifies the ID token with the published keys and returns the claims.
    pub async fn verified(&self, id_token: &str) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
        let client = CoreClient::from_provider_metadata(
            self.metadata().await,
            ClientId::new(CLIENT_ID.to_owned()),
            Some(ClientSecret::new(CLIENT_SECRET.to_owned())),
        );
        let id_token: CoreIdToken = id_token.parse().unwrap();
        id_token.into_claims(&client.id_token_verifier(), &Nonce::new(NONCE.to_owned()))
    }
}

/// The query parameters of the redirect to the callback.
pub fn callback_parameters(response: &Response) -> HashMap<String, String> {
    let location = response.headers()[LOCATION].to_str().unwrap();
    assert!(location.starts_with(CALLBACK), "{location}");
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

/// The `error` of a refused exchange.
pub async fn error_of(response: Response) -> String {
    let body: Value = response.json().await.unwrap();
    assert!(body.get("id_token").is_none());
    body["error"].as_str().unwrap().to_owned()
}
