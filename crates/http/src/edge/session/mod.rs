//! Sessions: a signed cookie holds a random key, the server everything else, so that a session can be revoked.

mod cookies;
mod reader;
mod store;

use actix_session::{
    Session, SessionMiddleware,
    config::{CookieContentSecurity, PersistentSession},
};
use actix_web::{
    Error,
    body::MessageBody,
    cookie::{Key, SameSite, time::Duration},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use domain::UserId;
use secrecy::ExposeSecret;

pub use reader::{MaybeSignedIn, SignedIn};
pub use store::{LOGIN_LIFETIME, PortStore};

pub(crate) use cookies::keep_session_cookie;

use cookies::COOKIE;
use store::field;

use crate::edge::{config::HttpDeps, error::ApiError};

/// Lifetime of a session from the login on. Nothing extends it.
pub const LIFETIME: Duration = Duration::days(14);

/// The layer that loads and stores sessions.
pub(crate) fn layer(deps: &HttpDeps) -> SessionMiddleware<PortStore> {
    let store = PortStore::new(deps.sessions.clone(), deps.clock.clone());
    SessionMiddleware::builder(
        store,
        Key::derive_from(deps.config.secret_key.expose_secret().as_bytes()),
    )
    .cookie_name(COOKIE.into())
    .cookie_http_only(true)
    .cookie_same_site(SameSite::Lax)
    .cookie_secure(deps.config.production)
    .cookie_content_security(CookieContentSecurity::Signed)
    .session_lifecycle(PersistentSession::default().session_ttl(LIFETIME))
    .build()
}

/// Answers a failure of the session store with 503; the session layer itself would answer with an empty 500. The store
/// has logged the failure.
pub(crate) async fn report_store_failures<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    next.call(request)
        .await
        .map_err(|_| ApiError::unavailable().into())
}

/// Signs `user` in with an empty new session. Add `csrf::cookie` to the response.
pub fn sign_in(session: &Session, user: UserId) -> Result<(), ApiError> {
    session.clear();
    session.renew();
    session
        .insert(field::USER_ID, user.0)
        .map_err(ApiError::internal)?;
    Ok(())
}

/// Ends the session and removes its cookie. Add `csrf::removal_cookie` to the response.
pub fn sign_out(session: &Session) {
    session.purge();
}
