//! Invalid ID tokens, each with one defect.

use chrono::TimeDelta;
use domain::auth::{LoginError, LoginProvider};
use testkit::login::Fault;

use crate::support::{Fixture, rejection};

#[tokio::test]
async fn o3_a_token_with_a_wrong_or_missing_nonce_is_rejected() {
    for fault in [Fault::WrongNonce, Fault::MissingNonce] {
        assert!(
            Fixture::with_fault(fault)
                .rejection()
                .await
                .contains("another login"),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn o3_a_token_of_another_login_is_rejected() {
    let fixture = Fixture::new();
    let (other, _) = fixture.authorized().await;
    let (challenge, code) = fixture.authorized().await;
    let outcome = fixture
        .login
        .finish(&code, &other.nonce, &challenge.pkce_verifier)
        .await;
    assert!(rejection(outcome).contains("another login"));
}

#[tokio::test]
async fn o4_a_token_for_another_client_is_rejected() {
    let fixture = Fixture::with_fault(Fault::WrongAudience);
    assert!(fixture.rejection().await.contains("another audience"));
}

#[tokio::test]
async fn o4_a_token_with_a_second_audience_is_rejected() {
    let fixture = Fixture::with_fault(Fault::ExtraAudience);
    assert!(fixture.rejection().await.contains("audience"));
}

#[tokio::test]
async fn o4_a_token_issued_to_another_client_is_rejected() {
    let fixture = Fixture::with_fault(Fault::ForeignAuthorizedParty);
    assert!(fixture.rejection().await.contains("issued to another client"));
}

#[tokio::test]
async fn o5_a_token_of_another_issuer_is_rejected() {
    let fixture = Fixture::with_fault(Fault::WrongIssuer);
    assert!(fixture.rejection().await.contains("another issuer"));
}

#[tokio::test]
async fn o6_an_expired_token_is_rejected() {
    let fixture = Fixture::with_fault(Fault::Expired);
    assert!(fixture.rejection().await.contains("expired"));
}

#[tokio::test]
async fn o6_a_token_expires_by_our_clock() {
    let fixture = Fixture::new();
    // The provider's tokens expire after five minutes; the age limit is ten minutes.
    fixture.clock.set_offset(TimeDelta::minutes(4));
    assert!(fixture.log_in().await.is_ok());
    fixture.clock.set_offset(TimeDelta::minutes(6));
    assert!(fixture.rejection().await.contains("expired"));
}

#[tokio::test]
async fn o6_a_token_from_the_future_is_rejected() {
    let fixture = Fixture::new();
    fixture.clock.set_offset(TimeDelta::minutes(-1));
    assert!(fixture.log_in().await.is_ok());
    fixture.clock.set_offset(TimeDelta::minutes(-3));
    assert!(fixture.rejection().await.contains("not issued just now"));
}

#[tokio::test]
async fn o6_an_unsigned_token_is_rejected() {
    let fixture = Fixture::with_fault(Fault::AlgNone);
    assert!(fixture.rejection().await.contains("not signed"));
}

#[tokio::test]
async fn o6_a_token_signed_with_the_client_secret_is_rejected() {
    let fixture = Fixture::with_fault(Fault::Hs256);
    assert!(fixture.rejection().await.contains("not allowed"));
}

#[tokio::test]
async fn o6_a_token_signed_with_another_key_is_rejected() {
    for fault in [Fault::UnknownKey, Fault::InvalidSignature] {
        let fixture = Fixture::with_fault(fault);
        assert!(
            fixture.rejection().await.contains("none of the provider's keys"),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn an_email_that_the_provider_has_not_verified_is_refused() {
    for fault in [Fault::EmailUnverified, Fault::NoEmail] {
        let outcome = Fixture::with_fault(fault).log_in().await;
        assert!(matches!(outcome, Err(LoginError::EmailNotVerified)), "{fault:?}");
    }
}

#[tokio::test]
async fn a_valid_login_after_a_rejected_one_succeeds() {
    let fixture = Fixture::with_fault(Fault::WrongNonce);
    rejection(fixture.log_in().await);
    fixture.provider.set_fault(Fault::None);
    assert!(fixture.log_in().await.is_ok());
}
