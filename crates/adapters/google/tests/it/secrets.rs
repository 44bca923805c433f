//! Errors and `Debug` output contain no secrets.

use domain::auth::LoginProvider;
use testkit::login::{Fault, TestProvider};

use crate::support::{Fixture, login_with};

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
    Fault::InvalidSignature,
    Fault::EmailUnverified,
    Fault::NoEmail,
    Fault::NoIdToken,
    Fault::TokenEndpointDown,
    Fault::DiscoveryDown,
];

#[tokio::test]
async fn o9_no_error_contains_a_code_a_token_or_a_secret() {
    let mut fixture = Fixture::new();
    for fault in FAULTS {
        // A new adapter: the last one may have refreshed its keys less than a minute ago.
        fixture.login = login_with(&fixture.provider.settings());
        fixture.provider.set_fault(Fault::None);
        let (challenge, code) = fixture.authorized().await;
        fixture.provider.set_fault(fault);
        if fault == Fault::None {
            // Uses up the code, so that the exchange below fails.
            fixture.finish(&challenge, &code).await.unwrap();
        } else if fault == Fault::DiscoveryDown {
            fixture.provider.rotate_keys().unwrap();
        }
        let error = fixture.finish(&challenge, &code).await.unwrap_err();
        let text = format!("{error} {error:?} {error:#?}");

        let token = fixture.provider.last_id_token();
        let mut secrets: Vec<&str> = token.iter().flat_map(|token| token.split('.')).collect();
        secrets.retain(|part| !part.is_empty());
        secrets.extend([
            code.as_str(),
            &challenge.state,
            &challenge.nonce,
            &challenge.pkce_verifier,
            fixture.provider.client_secret(),
        ]);
        for secret in secrets {
            assert!(!text.contains(secret), "{fault:?}: {secret} is in {text}");
        }
    }
}

#[tokio::test]
async fn o9_the_error_for_a_wrong_client_secret_does_not_contain_it() {
    let fixture = Fixture::new();
    let (challenge, code) = fixture.authorized().await;
    let mut settings = fixture.provider.settings();
    let other = TestProvider::start().unwrap();
    settings.client_secret = other.settings().client_secret;
    let login = login_with(&settings);
    let outcome = login
        .finish(&code, &challenge.nonce, &challenge.pkce_verifier)
        .await;
    let error = outcome.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("invalid_client"), "{text}");
    assert!(!text.contains(other.client_secret()));
}

#[test]
fn o9_debug_output_does_not_contain_the_client_secret() {
    let provider = TestProvider::start().unwrap();
    let settings = provider.settings();
    let login = login_with(&settings);
    let text = format!("{settings:?} {login:?}");
    assert!(text.contains(provider.issuer()));
    assert!(!text.contains(provider.client_secret()));
}
