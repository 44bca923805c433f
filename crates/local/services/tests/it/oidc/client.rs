//! A client of the provider, by hand where the tests need to send something wrong.

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

/// A provider, a browser that follows no redirect, and one PKCE pair.
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

    /// A right authorization request with some parameters replaced; an empty value removes one.
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
        let answer = self.authorize(&[]).await;
        assert_eq!(answer.status(), 302);
        sent_back(&answer)["code"].clone()
    }

    /// A right exchange with some form fields replaced; an empty value removes one.
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

    /// The ID token of a whole login.
    pub async fn id_token(&self) -> String {
        let answer = self.exchange(&self.code().await, &[]).await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        answer["id_token"].as_str().unwrap().to_owned()
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

    /// The claims, if a client that knows the published keys believes them.
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

/// The parameters that the provider sent to the callback.
pub fn sent_back(answer: &Response) -> HashMap<String, String> {
    let location = answer.headers()[LOCATION].to_str().unwrap();
    assert!(location.starts_with(CALLBACK), "{location}");
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

/// The `error` of a refused exchange.
pub async fn error_of(answer: Response) -> String {
    let body: Value = answer.json().await.unwrap();
    assert!(body.get("id_token").is_none());
    body["error"].as_str().unwrap().to_owned()
}
