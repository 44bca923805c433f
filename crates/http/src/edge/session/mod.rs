//! Sessions: a signed cookie contains a random key, the database contains the data, so that a session can be revoked.

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
pub use store::DatabaseSessions;

pub(crate) use cookies::keep_session_cookie;

use cookies::SESSION_COOKIE;
use store::field;

use crate::edge::{config::HttpDeps, error::ApiError};

/// Lifetime of a session, from the login. It is not extended.
pub const LIFETIME: Duration = Duration::days(14);

pub(crate) fn layer(deps: &HttpDeps) -> SessionMiddleware<DatabaseSessions> {
    let store = DatabaseSessions::new(deps.sessions.clone(), deps.clock.clone());
    SessionMiddleware::builder(
        store,
        Key::derive_from(deps.config.secret_key.expose_secret().as_bytes()),
    )
    .cookie_name(SESSION_COOKIE.into())
    .cookie_http_only(true)
    .cookie_same_site(SameSite::Lax)
    .cookie_secure(deps.config.production)
    .cookie_content_security(CookieContentSecurity::Signed)
    .session_lifecycle(PersistentSession::default().session_ttl(LIFETIME))
    .build()
}

/// 503 if the session store fails, instead of the empty 500 of actix-session. The store has logged the error.
pub(crate) async fn report_store_failures<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    next.call(request)
        .await
        .map_err(|_| ApiError::unavailable().into())
}

/// Starts a new session for `user`. The caller must add `csrf::cookie` to the response.
pub fn sign_in(session: &Session, user: UserId) -> Result<(), ApiError> {
    session.clear();
    session.renew();
    session
        .insert(field::USER_ID, user.0)
        .map_err(ApiError::internal)?;
    Ok(())
}

/// Ends the session and removes its cookie. The caller must add `csrf::removal_cookie` to the response.
pub fn sign_out(session: &Session) {
    session.purge();
}
