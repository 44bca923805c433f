//! Injected faults. A client that verifies everything detects each of them.

use openidconnect::{ClaimsVerificationError, JsonWebKey, SignatureVerificationError};
use serde_json::Value;
use stylelicense_local_services::oidc::InjectedFault;

use super::client::{ARTIST, Login, callback_parameters};

#[tokio::test]
async fn every_invalid_token_is_refused_with_its_own_error() {
    use ClaimsVerificationError as E;
    type Expected = fn(&E) -> bool;
    let login = Login::start();
    let cases: [(InjectedFault, Expected); 11] = [
        (InjectedFault::WrongNonce, |e| matches!(e, E::InvalidNonce(_))),
        (InjectedFault::MissingNonce, |e| matches!(e, E::InvalidNonce(_))),
        (InjectedFault::WrongAudience, |e| {
            matches!(e, E::InvalidAudience(_))
        }),
        (InjectedFault::ExtraAudience, |e| {
            matches!(e, E::InvalidAudience(_))
        }),
        (InjectedFault::WrongIssuer, |e| matches!(e, E::InvalidIssuer(_))),
        (InjectedFault::Expired, |e| matches!(e, E::Expired(_))),
        (InjectedFault::AlgNone, |e| {
            matches!(
                e,
                E::SignatureVerification(SignatureVerificationError::NoSignature)
            )
        }),
        (InjectedFault::Hs256, |e| {
            matches!(
                e,
                E::SignatureVerification(SignatureVerificationError::DisallowedAlg(_))
            )
        }),
        (InjectedFault::UnknownKey, |e| {
            matches!(
                e,
                E::SignatureVerification(SignatureVerificationError::NoMatchingKey)
            )
        }),
        (InjectedFault::InvalidSignature, |e| {
            matches!(
                e,
                E::SignatureVerification(SignatureVerificationError::CryptoError(_))
            )
        }),
        (InjectedFault::None, |_| false),
    ];
    for (fault, is_expected) in cases {
        login.provider.set_fault(fault);
        match login.verified(&login.id_token().await).await {
            Ok(_) => assert_eq!(fault, InjectedFault::None),
            Err(error) => assert!(is_expected(&error), "{fault:?}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn faults_that_leave_the_token_valid_are_visible_in_its_claims() {
    let login = Login::start();
    let claims = async |fault| {
        login.provider.set_fault(fault);
        login.verified(&login.id_token().await).await
    };
    let unverified = claims(InjectedFault::EmailUnverified).await.unwrap();
    assert_eq!(unverified.email_verified(), Some(false));
    let without = claims(InjectedFault::NoEmail).await.unwrap();
    assert_eq!((without.email(), without.email_verified()), (None, None));
    // The client library does not verify `azp`.
    let foreign = claims(InjectedFault::ForeignAuthorizedParty).await.unwrap();
    assert_eq!(foreign.authorized_party().unwrap().as_str(), "another-client");
}

#[tokio::test]
async fn endpoints_can_be_down_or_incomplete() {
    let login = Login::start();
    let code = login.code().await;
    login.provider.set_fault(InjectedFault::TokenEndpointDown);
    assert_eq!(login.exchange(&code, &[]).await.status(), 503);
    login.provider.set_fault(InjectedFault::NoIdToken);
    let response: Value = login.exchange(&code, &[]).await.json().await.unwrap();
    assert!(response.get("id_token").is_none() && response.get("access_token").is_some());
    login.provider.set_fault(InjectedFault::DiscoveryDown);
    for path in ["/.well-known/openid-configuration", "/jwks.json"] {
        assert_eq!(
            login.http.get(login.address(path)).send().await.unwrap().status(),
            503
        );
    }
    login.provider.set_fault(InjectedFault::AccessDenied);
    let back = callback_parameters(&login.authorize(&[]).await);
    assert_eq!(
        (back["error"].as_str(), back["state"].as_str()),
        ("access_denied", "the-state")
    );
    login.provider.set_fault(InjectedFault::None);
    login.verified(&login.id_token().await).await.unwrap();
}

#[tokio::test]
async fn after_a_key_rotation_only_the_new_key_is_published() {
    let login = Login::start();
    let old_token = login.id_token().await;
    let old_kid = login.keys().await.keys()[0].key_id().cloned();
    login.provider.rotate_keys().unwrap();
    let keys = login.keys().await;
    assert_eq!(keys.keys().len(), 1);
    assert_ne!(keys.keys()[0].key_id().cloned(), old_kid);
    login.verified(&login.id_token().await).await.unwrap();
    assert!(login.verified(&old_token).await.is_err());
}

#[tokio::test]
async fn an_email_can_get_another_subject() {
    let login = Login::start();
    login.provider.set_subject("Artist@Example.com", "somebody-else");
    let claims = login.verified(&login.id_token().await).await.unwrap();
    assert_eq!(claims.subject().as_str(), "somebody-else");
    assert_eq!(claims.email().unwrap().as_str(), ARTIST);
}
