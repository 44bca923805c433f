//! ID tokens that must not be believed, each wrong in one way only.

use chrono::TimeDelta;
use domain::auth::{LoginError, LoginProvider};
use testkit::login::Fault;

use crate::support::{Scene, rejection};

#[tokio::test]
async fn o3_a_token_with_another_nonce_or_none_is_rejected() {
    for fault in [Fault::WrongNonce, Fault::MissingNonce] {
        assert!(
            Scene::with_fault(fault)
                .rejection()
                .await
                .contains("another login"),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn o3_a_token_of_another_login_is_rejected() {
    let scene = Scene::new();
    let (other, _) = scene.authorized().await;
    let (challenge, code) = scene.authorized().await;
    let outcome = scene
        .login
        .finish(&code, &other.nonce, &challenge.pkce_verifier)
        .await;
    assert!(rejection(outcome).contains("another login"));
}

#[tokio::test]
async fn o4_a_token_for_another_client_is_rejected() {
    let scene = Scene::with_fault(Fault::WrongAudience);
    assert!(scene.rejection().await.contains("another audience"));
}

#[tokio::test]
async fn o4_a_token_for_another_client_too_is_rejected() {
    let scene = Scene::with_fault(Fault::ExtraAudience);
    assert!(scene.rejection().await.contains("audience"));
}

#[tokio::test]
async fn o4_a_token_issued_to_another_client_is_rejected() {
    let scene = Scene::with_fault(Fault::ForeignAuthorizedParty);
    assert!(scene.rejection().await.contains("issued to another client"));
}

#[tokio::test]
async fn o5_a_token_of_another_issuer_is_rejected() {
    let scene = Scene::with_fault(Fault::WrongIssuer);
    assert!(scene.rejection().await.contains("another issuer"));
}

#[tokio::test]
async fn o6_an_expired_token_is_rejected() {
    let scene = Scene::with_fault(Fault::Expired);
    assert!(scene.rejection().await.contains("expired"));
}

#[tokio::test]
async fn o6_a_token_expires_by_our_clock() {
    let scene = Scene::new();
    // The provider's tokens last five minutes and could have been issued ten minutes ago.
    scene.clock.set_ahead(TimeDelta::minutes(4));
    assert!(scene.log_in().await.is_ok());
    scene.clock.set_ahead(TimeDelta::minutes(6));
    assert!(scene.rejection().await.contains("expired"));
}

#[tokio::test]
async fn o6_a_token_from_the_future_is_rejected() {
    let scene = Scene::new();
    scene.clock.set_ahead(TimeDelta::minutes(-1));
    assert!(scene.log_in().await.is_ok());
    scene.clock.set_ahead(TimeDelta::minutes(-3));
    assert!(scene.rejection().await.contains("not issued just now"));
}

#[tokio::test]
async fn o6_an_unsigned_token_is_rejected() {
    let scene = Scene::with_fault(Fault::AlgNone);
    assert!(scene.rejection().await.contains("not signed"));
}

#[tokio::test]
async fn o6_a_token_signed_with_the_client_secret_is_rejected() {
    let scene = Scene::with_fault(Fault::Hs256);
    assert!(scene.rejection().await.contains("not allowed"));
}

#[tokio::test]
async fn o6_a_token_signed_with_another_key_is_rejected() {
    for fault in [Fault::UnknownKey, Fault::BadSignature] {
        let scene = Scene::with_fault(fault);
        assert!(
            scene.rejection().await.contains("none of the provider's keys"),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn an_email_that_the_provider_does_not_vouch_for_is_not_taken() {
    for fault in [Fault::EmailUnverified, Fault::NoEmail] {
        let outcome = Scene::with_fault(fault).log_in().await;
        assert!(matches!(outcome, Err(LoginError::EmailNotVerified)), "{fault:?}");
    }
}

#[tokio::test]
async fn after_each_wrong_answer_a_right_one_is_believed() {
    let scene = Scene::with_fault(Fault::WrongNonce);
    rejection(scene.log_in().await);
    scene.provider.set_fault(Fault::None);
    assert!(scene.log_in().await.is_ok());
}
