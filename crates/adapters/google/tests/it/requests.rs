//! What the provider is asked, and who comes back.

use std::collections::BTreeMap;

use domain::auth::Identity;
use domain::auth::LoginProvider;
use testkit::login::{CLIENT_ID, Fault};
use url::Url;

use crate::support::{EMAIL, Scene, rejection, unavailability};

fn parameters(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_login_names_the_account_by_the_providers_subject() {
    let scene = Scene::new();
    let expected = |subject: &str| Identity {
        provider: "google",
        subject: subject.to_owned(),
        email: EMAIL.to_owned(),
    };
    assert_eq!(
        scene.log_in().await.unwrap(),
        expected(&scene.provider.subject(EMAIL))
    );
    scene.provider.set_subject(EMAIL, "somebody-else");
    assert_eq!(scene.log_in().await.unwrap(), expected("somebody-else"));
}

#[tokio::test]
async fn the_provider_is_asked_for_a_code_and_an_identity() {
    let scene = Scene::new();
    let challenge = scene.login.begin(Some(EMAIL.to_owned())).await.unwrap();
    assert!(challenge.url.starts_with(scene.provider.issuer()));
    let asked = parameters(&challenge.url);
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], CLIENT_ID);
    assert_eq!(asked["redirect_uri"], scene.provider.settings().redirect_uri);
    assert_eq!(asked["scope"], "openid email profile");
    assert_eq!(asked["state"], challenge.state);
    assert_eq!(asked["nonce"], challenge.nonce);
    assert_eq!(asked["login_hint"], EMAIL);
}

#[tokio::test]
async fn every_login_has_secrets_of_its_own() {
    let scene = Scene::new();
    let first = scene.login.begin(None).await.unwrap();
    let second = scene.login.begin(None).await.unwrap();
    for (one, other) in [
        (&first.state, &second.state),
        (&first.nonce, &second.nonce),
        (&first.pkce_verifier, &second.pkce_verifier),
        (&first.state, &first.nonce),
    ] {
        assert_ne!(one, other);
        // 256 bits in base64.
        assert!(one.len() >= 43);
    }
}

#[tokio::test]
async fn a_login_hint_that_is_no_email_is_left_out() {
    let scene = Scene::new();
    let too_long = format!("{}@example.com", "a".repeat(250));
    for hint in [
        "",
        "artist",
        "a b@example.com",
        "a\n@example.com",
        "<script>",
        &too_long,
    ] {
        let challenge = scene.login.begin(Some(hint.to_owned())).await.unwrap();
        assert!(!parameters(&challenge.url).contains_key("login_hint"), "{hint:?}");
    }
    let odd = "a&b=c+d@example.com";
    let challenge = scene.login.begin(Some(odd.to_owned())).await.unwrap();
    assert_eq!(parameters(&challenge.url)["login_hint"], odd);
}

#[tokio::test]
async fn o2_the_challenge_is_s256_and_its_verifier_is_needed() {
    let scene = Scene::new();
    let (challenge, code) = scene.authorized().await;
    let asked = scene.provider.last_authorization().unwrap();
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_ne!(asked["code_challenge"], challenge.pkce_verifier);
    assert!(!challenge.url.contains(&challenge.pkce_verifier));

    let (other, _) = scene.authorized().await;
    let stolen = scene
        .login
        .finish(&code, &challenge.nonce, &other.pkce_verifier)
        .await;
    assert!(rejection(stolen).contains("invalid_grant"));
    let (challenge, code) = scene.authorized().await;
    assert!(scene.finish(&challenge, &code).await.is_ok());
}

#[tokio::test]
async fn a_code_is_good_once_and_must_be_one() {
    let scene = Scene::new();
    let (challenge, code) = scene.authorized().await;
    assert!(scene.finish(&challenge, &code).await.is_ok());
    assert!(rejection(scene.finish(&challenge, &code).await).contains("invalid_grant"));
    for code in ["", &"x".repeat(5000)] {
        rejection(scene.finish(&challenge, code).await);
    }
    rejection(scene.login.finish(&code, "", &challenge.pkce_verifier).await);
    rejection(scene.login.finish(&code, &challenge.nonce, "").await);
}

#[tokio::test]
async fn an_answer_without_an_id_token_is_rejected() {
    let scene = Scene::with_fault(Fault::NoIdToken);
    assert!(scene.rejection().await.contains("no ID token"));
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_is_no_rejection() {
    let scene = Scene::with_fault(Fault::TokenEndpointDown);
    assert!(unavailability(scene.log_in().await).contains("503"));
}
