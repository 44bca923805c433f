//! The authorization code flow with PKCE.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openidconnect::JsonWebKey;
use reqwest::header::{AUTHORIZATION, CACHE_CONTROL, LOCATION, WWW_AUTHENTICATE};
use serde_json::Value;
use sha2::{Digest, Sha256};
use stylelicense_local_services::StartError;
use stylelicense_local_services::oidc::{DemoProvider, DemoProviderOptions};
use url::form_urlencoded;

use super::client::{
    ARTIST, CALLBACK, CLIENT_ID, CLIENT_SECRET, Login, NONCE, callback_parameters, error_of, options,
};

#[tokio::test]
async fn the_discovery_document_has_the_exact_issuer_and_the_endpoints() {
    let login = Login::start();
    let metadata = login.metadata().await;
    assert_eq!(metadata.issuer().as_str(), login.provider.issuer());
    assert_eq!(
        metadata.authorization_endpoint().as_str(),
        login.address("/authorize")
    );
    assert_eq!(
        metadata.token_endpoint().unwrap().as_str(),
        login.address("/token")
    );
    assert_eq!(metadata.jwks().keys().len(), 1);
    let raw = login
        .http
        .get(login.address("/.well-known/openid-configuration"))
        .send()
        .await
        .unwrap();
    let raw: Value = raw.json().await.unwrap();
    assert_eq!(
        raw["code_challenge_methods_supported"],
        serde_json::json!(["S256"])
    );
}

#[tokio::test]
async fn a_login_hint_signs_in_and_the_token_contains_the_identity() {
    let login = Login::start();
    let response = login.authorize(&[]).await;
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let back = callback_parameters(&response);
    assert_eq!(back["state"], "the-state");

    let token = login.exchange(&back["code"], &[]).await;
    assert_eq!(token.headers()[CACHE_CONTROL], "no-store");
    let token: Value = token.json().await.unwrap();
    assert_eq!(token["token_type"], "Bearer");
    let id_token = token["id_token"].as_str().unwrap();
    assert_eq!(login.provider.last_id_token().as_deref(), Some(id_token));

    let claims = login.verified(id_token).await.unwrap();
    let digest = Sha256::digest(ARTIST);
    let expected = hex::encode(&digest[..16]);
    assert_eq!(claims.subject().as_str(), expected);
    assert_eq!(login.provider.subject(ARTIST), expected);
    assert_eq!(claims.email().unwrap().as_str(), ARTIST);
    assert_eq!(claims.email_verified(), Some(true));
    assert_eq!(claims.name().unwrap().get(None).unwrap().as_str(), "Demo Artist");
    assert_eq!(claims.authorized_party().unwrap().as_str(), CLIENT_ID);
    assert_eq!(claims.nonce().unwrap().secret(), NONCE);
    assert_eq!((claims.expiration() - claims.issue_time()).num_seconds(), 300);
}

#[tokio::test]
async fn the_last_authorization_request_can_be_inspected() {
    let login = Login::start();
    assert_eq!(login.provider.last_authorization(), None);
    login.authorize(&[]).await;
    let seen = login.provider.last_authorization().unwrap();
    assert_eq!(seen["scope"], "openid email profile");
    assert_eq!(seen["code_challenge_method"], "S256");
    assert_eq!(seen["login_hint"], ARTIST);
}

#[tokio::test]
async fn a_wrong_verifier_is_refused_and_uses_up_the_code() {
    let login = Login::start();
    for verifier in ["another-verifier-of-a-plausible-length-for-this", ""] {
        let code = login.code().await;
        let refused = login.exchange(&code, &[("code_verifier", verifier)]).await;
        assert_eq!(refused.status(), 400);
        assert_eq!(error_of(refused).await, "invalid_grant");
        assert_eq!(error_of(login.exchange(&code, &[]).await).await, "invalid_grant");
    }
}

#[tokio::test]
async fn a_code_works_once() {
    let login = Login::start();
    let code = login.code().await;
    assert_eq!(login.exchange(&code, &[]).await.status(), 200);
    let again = login.exchange(&code, &[]).await;
    assert_eq!(
        (again.status().as_u16(), error_of(again).await.as_str()),
        (400, "invalid_grant")
    );
    let unknown = login.exchange("no-such-code", &[]).await;
    assert_eq!(error_of(unknown).await, "invalid_grant");
}

#[tokio::test]
async fn the_exchange_must_send_the_redirect_uri_of_the_code() {
    let login = Login::start();
    for address in ["http://localhost:8000/other", ""] {
        let refused = login
            .exchange(&login.code().await, &[("redirect_uri", address)])
            .await;
        assert_eq!(error_of(refused).await, "invalid_grant");
    }
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_gets_no_redirect() {
    let login = Login::start();
    for change in [
        ("redirect_uri", "http://evil.example/callback"),
        ("redirect_uri", "http://localhost:8000/api/auth/google/callback/"),
        ("redirect_uri", ""),
        ("client_id", "another-client"),
    ] {
        let refused = login.authorize(&[change]).await;
        assert_eq!(refused.status(), 400, "{change:?}");
        assert!(!refused.headers().contains_key(LOCATION), "{change:?}");
    }
    let query = "/authorize?client_id=stylelicense&client_id=another-client";
    let doubled = login.http.get(login.address(query)).send().await.unwrap();
    assert_eq!(doubled.status(), 400);
}

#[tokio::test]
async fn an_invalid_request_of_a_registered_client_redirects_with_an_error() {
    let login = Login::start();
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "email profile"), "invalid_scope"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
    ] {
        let back = callback_parameters(&login.authorize(&[change]).await);
        assert_eq!(back["error"], error, "{change:?}");
        assert_eq!(back["state"], "the-state");
        assert!(!back.contains_key("code"));
    }
    let silent = login.authorize(&[("login_hint", ""), ("prompt", "none")]).await;
    assert_eq!(callback_parameters(&silent)["error"], "login_required");
}

#[tokio::test]
async fn the_client_authenticates_by_header_or_by_form() {
    let login = Login::start();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let by_header = async |secret: &str| {
        let code = login.code().await;
        let credentials = STANDARD.encode(format!("{}:{}", encoded(CLIENT_ID), encoded(secret)));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", login.verifier.as_str()),
        ];
        let request = login.http.post(login.address("/token")).form(&form);
        request
            .header(AUTHORIZATION, format!("Basic {credentials}"))
            .send()
            .await
            .unwrap()
    };
    assert_eq!(by_header(CLIENT_SECRET).await.status(), 200);
    let refused = by_header("wrong").await;
    assert_eq!(refused.status(), 401);
    assert!(refused.headers().contains_key(WWW_AUTHENTICATE));

    let code = login.code().await;
    for change in [
        ("client_secret", "wrong"),
        ("client_secret", ""),
        ("client_id", "another-client"),
    ] {
        let refused = login.exchange(&code, &[change]).await;
        assert_eq!(refused.status(), 401, "{change:?}");
        assert_eq!(error_of(refused).await, "invalid_client");
    }
    let grant = login.exchange(&code, &[("grant_type", "password")]).await;
    assert_eq!(error_of(grant).await, "unsupported_grant_type");
    assert_eq!(
        login.exchange(&code, &[]).await.status(),
        200,
        "these requests must not use up the code"
    );
}

#[tokio::test]
async fn the_key_file_keeps_the_key_and_only_its_owner_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("oidc/key.pem");
    let start = || {
        let key_path = Some(path.clone());
        DemoProvider::start(DemoProviderOptions {
            key_path,
            ..options()
        })
        .unwrap()
    };
    let first = Login::with(start());
    let kid = first.keys().await.keys()[0].key_id().cloned();
    assert!(kid.is_some());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    drop(first);
    let second = Login::with(start());
    assert_eq!(second.keys().await.keys()[0].key_id().cloned(), kid);
    second.verified(&second.id_token().await).await.unwrap();
}

#[tokio::test]
async fn the_port_is_free_after_a_stop() {
    let login = Login::start();
    login.code().await;
    let issuer = login.provider.issuer().to_owned();
    let port: u16 = issuer.rsplit_once(':').unwrap().1.parse().unwrap();
    login.provider.stop().await;
    assert!(
        login
            .http
            .get(format!("{issuer}/jwks.json"))
            .send()
            .await
            .is_err()
    );
    let again = DemoProvider::start(DemoProviderOptions { port, ..options() }).unwrap();
    assert_eq!(again.issuer(), issuer);
    let taken = DemoProvider::start(DemoProviderOptions { port, ..options() });
    assert!(matches!(taken, Err(StartError::Bind { .. })));
}

#[test]
fn a_relative_redirect_uri_and_an_invalid_key_file_are_refused_at_the_start() {
    let redirect_uris = vec!["/callback".to_owned()];
    let refused = DemoProvider::start(DemoProviderOptions {
        redirect_uris,
        ..options()
    });
    assert!(matches!(refused, Err(StartError::RedirectUri(_))));
    let file = tempfile::NamedTempFile::new().unwrap();
    let key_path = Some(file.path().to_owned());
    let refused = DemoProvider::start(DemoProviderOptions {
        key_path,
        ..options()
    });
    assert!(matches!(refused, Err(StartError::SigningKey(_))));
}

#[test]
fn the_secret_is_not_in_the_debug_output() {
    assert!(!format!("{:?}", options()).contains(CLIENT_SECRET));
}
