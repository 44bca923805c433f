//! ID tokens that must be refused (O3 to O6).

use testkit::login::Fault;

use super::assert_refused;
use crate::support::Platform;

/// Asserts that a login with each fault fails with `code`, and that the next login works.
async fn assert_logins_refused(faults: &[Fault], code: &str) {
    let platform = Platform::start().await;
    for fault in faults {
        platform.login.set_fault(*fault);
        let browser = platform.browser();
        let answer = browser.login_redirect("visitor@example.com", "").await;
        assert!(
            answer.location().ends_with(code),
            "{fault:?}: {}",
            answer.location()
        );
        assert_refused(&browser, &answer, code).await;
    }
    platform.assert_rows("users", 0).await;
    platform
        .assert_rows("sessions WHERE user_id IS NOT NULL", 0)
        .await;
    platform.login.set_fault(Fault::None);
    platform.browser().login("visitor@example.com").await;
}

#[tokio::test]
async fn o3_a_wrong_nonce_is_refused() {
    assert_logins_refused(&[Fault::WrongNonce, Fault::MissingNonce], "login_rejected").await;
}

#[tokio::test]
async fn o4_a_wrong_audience_or_authorized_party_is_refused() {
    let faults = [
        Fault::WrongAudience,
        Fault::ExtraAudience,
        Fault::ForeignAuthorizedParty,
    ];
    assert_logins_refused(&faults, "login_rejected").await;
}

#[tokio::test]
async fn o5_a_wrong_issuer_is_refused() {
    assert_logins_refused(&[Fault::WrongIssuer], "login_rejected").await;
}

#[tokio::test]
async fn o6_an_expired_token_is_refused() {
    assert_logins_refused(&[Fault::Expired], "login_rejected").await;
}

#[tokio::test]
async fn o6_a_token_without_a_signature_is_refused() {
    assert_logins_refused(&[Fault::AlgNone, Fault::NoIdToken], "login_rejected").await;
}

#[tokio::test]
async fn o6_a_token_signed_with_hs256_is_refused() {
    assert_logins_refused(&[Fault::Hs256], "login_rejected").await;
}

#[tokio::test]
async fn o6_a_token_signed_with_an_unknown_key_is_refused() {
    assert_logins_refused(&[Fault::UnknownKey, Fault::InvalidSignature], "login_rejected").await;
}

#[tokio::test]
async fn an_unverified_email_is_refused() {
    assert_logins_refused(&[Fault::EmailUnverified, Fault::NoEmail], "email_not_verified").await;
}
