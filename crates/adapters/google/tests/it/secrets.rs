//! Whatever goes wrong, nobody learns a secret from how we say it.

use domain::auth::LoginProvider;
use testkit::login::{Fault, TestProvider};

use crate::support::{Scene, login_with};

const FAULTS: [Fault; 17] = [
    Fault::None,
    Fault::WrongNonce,
    Fault::MissingNonce,
    Fault::WrongAudience,
    Fault::ExtraAudience,
    Fault::ForeignAuthorizedParty,
    Fault::WrongIssuer,
    Fault::Expired,
    Fault::AlgNone,
    Fault::Hs256,
    Fault::UnknownKey,
    Fault::BadSignature,
    Fault::EmailUnverified,
    Fault::NoEmail,
    Fault::NoIdToken,
    Fault::TokenEndpointDown,
    Fault::DiscoveryDown,
];

#[tokio::test]
async fn o9_no_error_holds_a_code_a_token_or_a_secret() {
    let mut scene = Scene::new();
    for fault in FAULTS {
        // One that has asked for keys just now would not do so again.
        scene.login = login_with(&scene.provider.settings());
        scene.provider.set_fault(Fault::None);
        let (challenge, code) = scene.authorized().await;
        scene.provider.set_fault(fault);
        if fault == Fault::None {
            // Uses the code up, so that using it again fails below.
            scene.finish(&challenge, &code).await.unwrap();
        } else if fault == Fault::DiscoveryDown {
            scene.provider.rotate_keys().unwrap();
        }
        let error = scene.finish(&challenge, &code).await.unwrap_err();
        let said = format!("{error} {error:?} {error:#?}");

        let token = scene.provider.last_id_token();
        let mut secrets: Vec<&str> = token.iter().flat_map(|token| token.split('.')).collect();
        secrets.retain(|part| !part.is_empty());
        secrets.extend([
            code.as_str(),
            &challenge.state,
            &challenge.nonce,
            &challenge.pkce_verifier,
            scene.provider.client_secret(),
        ]);
        for secret in secrets {
            assert!(!said.contains(secret), "{fault:?} tells {secret}: {said}");
        }
    }
}

#[tokio::test]
async fn o9_a_wrong_client_secret_is_not_told() {
    let scene = Scene::new();
    let (challenge, code) = scene.authorized().await;
    let mut settings = scene.provider.settings();
    let other = TestProvider::start().unwrap();
    settings.client_secret = other.settings().client_secret;
    let login = login_with(&settings);
    let outcome = login
        .finish(&code, &challenge.nonce, &challenge.pkce_verifier)
        .await;
    let error = outcome.unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(said.contains("invalid_client"), "{said}");
    assert!(!said.contains(other.client_secret()));
}

#[test]
fn o9_neither_settings_nor_the_adapter_show_the_client_secret() {
    let provider = TestProvider::start().unwrap();
    let settings = provider.settings();
    let login = login_with(&settings);
    let shown = format!("{settings:?} {login:?}");
    assert!(shown.contains(provider.issuer()));
    assert!(!shown.contains(provider.client_secret()));
}
