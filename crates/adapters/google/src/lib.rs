//! The way to the login provider: OpenID Connect's authorization code flow with PKCE, as Google offers it.
//!
//! The provider is discovered when it is first needed, so the server starts while the provider is down, and
//! its keys are read again every hour, or earlier when a signature does not fit them. Of what comes back
//! nothing but the ID token is used, and of that nothing before signature, issuer, audience, time and nonce
//! have been verified. No error text holds a code, a token or a secret.

mod discovery;
mod http;
mod login;
mod settings;
mod verification;

pub use login::GoogleLogin;
pub use settings::{GOOGLE_ISSUER, Settings, SettingsError};
