//! Settings that no payment could be made with are refused at the start.

use std::time::Duration;

use stylelicense_toss::{Settings, SettingsError, TOSS_API, TossPayments};

use crate::support::settings;

fn outcome(change: impl FnOnce(&mut Settings)) -> Result<(), SettingsError> {
    let mut settings = settings(TOSS_API, "test_sk_settings");
    change(&mut settings);
    TossPayments::new(&settings).map(drop)
}

#[test]
fn an_api_without_tls_is_only_taken_on_this_machine() {
    assert!(outcome(|_| {}).is_ok());
    for good in [
        "https://toss.example.com/base/",
        "http://localhost:8003",
        "http://127.0.0.1",
        "http://[::1]:1",
    ] {
        assert!(
            outcome(|s| good.clone_into(&mut s.api_base_url)).is_ok(),
            "{good}"
        );
    }
    for bad in [
        "http://api.tosspayments.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
    ] {
        let outcome = outcome(|s| bad.clone_into(&mut s.api_base_url));
        assert!(matches!(outcome, Err(SettingsError::InsecureApi)), "{bad}");
    }
    for bad in ["", "api.tosspayments.com", "ftp://localhost", "data:text/plain,"] {
        let outcome = outcome(|s| bad.clone_into(&mut s.api_base_url));
        assert!(matches!(outcome, Err(SettingsError::ApiAddress)), "{bad}");
    }
}

#[test]
fn a_key_addresses_and_time_are_needed() {
    for bad in ["", "  "] {
        let no_key = outcome(|s| s.secret_key = bad.to_owned().into());
        assert!(matches!(no_key, Err(SettingsError::NoSecretKey)));
    }
    let no_success = outcome(|s| "/success".clone_into(&mut s.success_url));
    assert!(matches!(no_success, Err(SettingsError::ReturnAddress)));
    let no_fail = outcome(|s| "javascript:alert(1)".clone_into(&mut s.fail_url));
    assert!(matches!(no_fail, Err(SettingsError::ReturnAddress)));
    let no_time = outcome(|s| s.timeout = Duration::ZERO);
    assert!(matches!(no_time, Err(SettingsError::NoTime)));
}
