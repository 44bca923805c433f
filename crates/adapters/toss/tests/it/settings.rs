//! Invalid settings are refused when the adapter is created.

use std::time::Duration;

use stylelicense_toss::{Settings, SettingsError, TOSS_API, TossPayments};

use crate::support::settings;

fn outcome(change: impl FnOnce(&mut Settings)) -> Result<(), SettingsError> {
    let mut settings = settings(TOSS_API, "test_sk_settings");
    change(&mut settings);
    TossPayments::new(&settings).map(drop)
}

#[test]
fn an_api_without_tls_must_be_on_the_loopback_address() {
    assert!(outcome(|_| {}).is_ok());
    for valid in [
        "https://toss.example.com/base/",
        "http://localhost:8003",
        "http://127.0.0.1",
        "http://[::1]:1",
    ] {
        assert!(
            outcome(|s| valid.clone_into(&mut s.api_base_url)).is_ok(),
            "{valid}"
        );
    }
    for invalid in [
        "http://api.tosspayments.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
    ] {
        let outcome = outcome(|s| invalid.clone_into(&mut s.api_base_url));
        assert!(matches!(outcome, Err(SettingsError::InsecureApi)), "{invalid}");
    }
    for invalid in ["", "api.tosspayments.com", "ftp://localhost", "data:text/plain,"] {
        let outcome = outcome(|s| invalid.clone_into(&mut s.api_base_url));
        assert!(matches!(outcome, Err(SettingsError::ApiAddress)), "{invalid}");
    }
}

#[test]
fn a_secret_key_urls_and_a_timeout_are_required() {
    for invalid in ["", "  "] {
        let no_key = outcome(|s| s.secret_key = invalid.to_owned().into());
        assert!(matches!(no_key, Err(SettingsError::NoSecretKey)));
    }
    let no_success = outcome(|s| "/success".clone_into(&mut s.success_url));
    assert!(matches!(no_success, Err(SettingsError::RedirectUrl)));
    let no_fail = outcome(|s| "javascript:alert(1)".clone_into(&mut s.fail_url));
    assert!(matches!(no_fail, Err(SettingsError::RedirectUrl)));
    let zero_timeout = outcome(|s| s.timeout = Duration::ZERO);
    assert!(matches!(zero_timeout, Err(SettingsError::ZeroTimeout)));
}
