//! Invalid settings are refused when the adapter is created.

use std::sync::Arc;

use stylelicense_google::{GOOGLE_ISSUER, GoogleLogin, Settings, SettingsError};

use crate::support::OffsetClock;

fn settings() -> Settings {
    let callback = "https://example.com/api/auth/google/callback";
    Settings::new(
        "client".to_owned(),
        "secret".to_owned().into(),
        callback.to_owned(),
    )
}

fn outcome(change: impl FnOnce(&mut Settings)) -> Result<(), SettingsError> {
    let mut settings = settings();
    change(&mut settings);
    GoogleLogin::new(&settings, Arc::new(OffsetClock::default())).map(drop)
}

#[test]
fn google_is_the_default_provider() {
    assert_eq!(settings().issuer_url, GOOGLE_ISSUER);
    assert!(outcome(|_| {}).is_ok());
}

#[test]
fn an_issuer_without_tls_must_be_on_the_loopback_address() {
    for valid in [
        "https://login.example.com",
        "http://localhost:9100",
        "http://127.0.0.1",
        "http://[::1]:1",
    ] {
        assert!(
            outcome(|s| valid.clone_into(&mut s.issuer_url)).is_ok(),
            "{valid}"
        );
    }
    for invalid in [
        "http://login.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
    ] {
        let outcome = outcome(|s| invalid.clone_into(&mut s.issuer_url));
        assert!(matches!(outcome, Err(SettingsError::InsecureIssuer)), "{invalid}");
    }
}

#[test]
fn urls_and_credentials_are_required() {
    let no_issuer = outcome(|s| s.issuer_url.clear());
    assert!(matches!(no_issuer, Err(SettingsError::Issuer(_))));
    let no_callback = outcome(|s| "/callback".clone_into(&mut s.redirect_uri));
    assert!(matches!(no_callback, Err(SettingsError::RedirectUri(_))));
    let no_client = outcome(|s| s.client_id.clear());
    assert!(matches!(no_client, Err(SettingsError::NoCredentials)));
    let no_secret = outcome(|s| s.client_secret = String::new().into());
    assert!(matches!(no_secret, Err(SettingsError::NoCredentials)));
}
