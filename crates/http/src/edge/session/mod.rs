//! Sessions: a signed cookie with a random key, everything else on the server, so that a session can be revoked.

mod cookies;
mod key;
mod reader;
mod store;

use actix_session::{
    Session, SessionMiddleware,
    config::{CookieContentSecurity, PersistentSession},
};
use actix_web::{
    Error,
    body::MessageBody,
    cookie::{SameSite, time::Duration},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use domain::UserId;

pub use reader::{MaybeSignedIn, SignedIn};
pub use store::{LOGIN_LIFETIME, PortStore};

pub(crate) use cookies::keep_session_cookie;

use cookies::COOKIE;
use store::field;

use crate::edge::{config::HttpDeps, error::ApiError};

/// Life of a session from the login on, absolute: nothing extends it.
pub const LIFETIME: Duration = Duration::days(14);

/// The layer that loads and keeps sessions.
pub(crate) fn layer(deps: &HttpDeps) -> SessionMiddleware<PortStore> {
    let store = PortStore::new(deps.sessions.clone(), deps.clock.clone());
    SessionMiddleware::builder(store, key::derive(&deps.config.secret_key))
        .cookie_name(COOKIE.into())
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_secure(deps.config.production)
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(PersistentSession::default().session_ttl(LIFETIME))
        .build()
}

/// Makes a failure of the session store a 503. (The store has logged it; the session layer itself would answer with an
/// empty 500.)
pub(crate) async fn report_store_failures<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    next.call(request)
        .await
        .map_err(|_| ApiError::unavailable().into())
}

/// Signs `user` in: a new session with nothing of the old one in it. Attach `csrf::cookie` to the answer.
pub fn sign_in(session: &Session, user: UserId) -> Result<(), ApiError> {
    session.clear();
    session.renew();
    session
        .insert(field::USER_ID, user.0)
        .map_err(|error| ApiError::internal(&error))?;
    Ok(())
}

/// Ends the session here and in the store; its cookie is removed. Attach `csrf::removal_cookie` to the answer.
pub fn sign_out(session: &Session) {
    session.purge();
}
