//! OpenID Connect login: the authorization code flow with PKCE, as Google offers it.
//!
//! The provider is discovered when it is first needed, so the server starts while the provider is down. Its keys are
//! read again every hour, or earlier if a signature does not match them. Only the ID token is used, and only after its
//! signature, issuer, audience, time and nonce are verified. No error contains a code, a token or a secret.
//!
//! # Using another provider
//!
//! Any OpenID Connect provider works. The issuer must match the provider's own name exactly.
//!
//! ```
//! use secrecy::SecretString;
//! use stylelicense_google::Settings;
//!
//! let settings = Settings {
//!     issuer_url: "https://login.example.com".to_owned(),
//!     ..Settings::new(
//!         "client".to_owned(),
//!         SecretString::from("secret"),
//!         "https://api.example.com/api/auth/google/callback".to_owned(),
//!     )
//! };
//! assert_eq!(settings.issuer_url, "https://login.example.com");
//! ```

mod discovery;
mod http;
mod login;
mod settings;
mod verification;

pub use login::GoogleLogin;
pub use settings::{GOOGLE_ISSUER, Settings, SettingsError};
