//! The authorization request, the code exchange and the resulting identity.

use std::collections::BTreeMap;

use domain::auth::{Identity, LoginProvider};
use testkit::login::{CLIENT_ID, Fault};
use url::Url;

use crate::support::{EMAIL, Fixture, rejection, unavailability};

fn parameters(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

#[tokio::test]
async fn the_identity_contains_the_providers_subject() {
    let fixture = Fixture::new();
    let expected = |subject: &str| Identity {
        provider: "google",
        subject: subject.to_owned(),
        email: EMAIL.to_owned(),
    };
    assert_eq!(
        fixture.log_in().await.unwrap(),
        expected(&fixture.provider.subject(EMAIL))
    );
    fixture.provider.set_subject(EMAIL, "somebody-else");
    assert_eq!(fixture.log_in().await.unwrap(), expected("somebody-else"));
}

#[tokio::test]
async fn the_authorization_request_has_the_required_parameters() {
    let fixture = Fixture::new();
    let challenge = fixture.login.begin(Some(EMAIL.to_owned())).await.unwrap();
    assert!(challenge.url.starts_with(fixture.provider.issuer()));
    let query = parameters(&challenge.url);
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], CLIENT_ID);
    assert_eq!(query["redirect_uri"], fixture.provider.settings().redirect_uri);
    assert_eq!(query["scope"], "openid email profile");
    assert_eq!(query["state"], challenge.state);
    assert_eq!(query["nonce"], challenge.nonce);
    assert_eq!(query["login_hint"], EMAIL);
}

#[tokio::test]
async fn every_login_has_new_secrets() {
    let fixture = Fixture::new();
    let first = fixture.login.begin(None).await.unwrap();
    let second = fixture.login.begin(None).await.unwrap();
    for (one, other) in [
        (&first.state, &second.state),
        (&first.nonce, &second.nonce),
        (&first.pkce_verifier, &second.pkce_verifier),
        (&first.state, &first.nonce),
    ] {
        assert_ne!(one, other);
        // 256 bits as base64.
        assert!(one.len() >= 43);
    }
}

#[tokio::test]
async fn a_login_hint_that_is_not_an_email_is_left_out() {
    let fixture = Fixture::new();
    let too_long = format!("{}@example.com", "a".repeat(250));
    for hint in [
        "",
        "artist",
        "a b@example.com",
        "a\n@example.com",
        "<script>",
        &too_long,
    ] {
        let challenge = fixture.login.begin(Some(hint.to_owned())).await.unwrap();
        assert!(!parameters(&challenge.url).contains_key("login_hint"), "{hint:?}");
    }
    let special = "a&b=c+d@example.com";
    let challenge = fixture.login.begin(Some(special.to_owned())).await.unwrap();
    assert_eq!(parameters(&challenge.url)["login_hint"], special);
}

#[tokio::test]
async fn o2_the_challenge_is_s256_and_the_exchange_needs_its_verifier() {
    let fixture = Fixture::new();
    let (challenge, code) = fixture.authorized().await;
    let query = fixture.provider.last_authorization().unwrap();
    assert_eq!(query["code_challenge_method"], "S256");
    assert_ne!(query["code_challenge"], challenge.pkce_verifier);
    assert!(!challenge.url.contains(&challenge.pkce_verifier));

    let (other, _) = fixture.authorized().await;
    let stolen = fixture
        .login
        .finish(&code, &challenge.nonce, &other.pkce_verifier)
        .await;
    assert!(rejection(stolen).contains("invalid_grant"));
    let (challenge, code) = fixture.authorized().await;
    assert!(fixture.finish(&challenge, &code).await.is_ok());
}

#[tokio::test]
async fn a_code_works_once_and_invalid_callbacks_are_rejected() {
    let fixture = Fixture::new();
    let (challenge, code) = fixture.authorized().await;
    assert!(fixture.finish(&challenge, &code).await.is_ok());
    assert!(rejection(fixture.finish(&challenge, &code).await).contains("invalid_grant"));
    for code in ["", &"x".repeat(5000)] {
        rejection(fixture.finish(&challenge, code).await);
    }
    rejection(fixture.login.finish(&code, "", &challenge.pkce_verifier).await);
    rejection(fixture.login.finish(&code, &challenge.nonce, "").await);
}

#[tokio::test]
async fn a_token_response_without_an_id_token_is_rejected() {
    let fixture = Fixture::with_fault(Fault::NoIdToken);
    assert!(fixture.rejection().await.contains("no ID token"));
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_is_unavailable_not_rejected() {
    let fixture = Fixture::with_fault(Fault::TokenEndpointDown);
    assert!(unavailability(fixture.log_in().await).contains("503"));
}
