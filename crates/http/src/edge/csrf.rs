//! CSRF protection: the page's origin, and a token bound to the session.

use actix_session::{Session, SessionExt};
use actix_web::{
    body::MessageBody,
    cookie::{Cookie, SameSite},
    dev::ServiceRequest,
    http::{Method, header},
    middleware::Next,
    web,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::edge::{
    config::HttpConfig,
    error::ApiError,
    error_code::ErrorCode,
    middleware::{Layered, refuse},
    session::{self, SignedIn},
};

/// Cookie that pages read the token from.
pub const COOKIE: &str = "csrftoken";

/// Header that pages send the token in.
pub const HEADER: &str = "X-CSRFToken";

/// The token's name in the session.
const FIELD: &str = "csrf";

/// Workers and payment providers call these paths without cookies, so there is nothing to forge.
const EXEMPT: &str = "/api/webhooks/";

/// The token of this session, created when it has none.
pub fn token(session: &Session) -> Result<String, ApiError> {
    if let Ok(Some(token)) = session.get::<String>(FIELD) {
        return Ok(token);
    }
    let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    session.insert(FIELD, &token).map_err(ApiError::internal)?;
    Ok(token)
}

/// The cookie with the token.
pub fn cookie(session: &Session, config: &HttpConfig) -> Result<Cookie<'static>, ApiError> {
    Ok(Cookie::build(COOKIE, token(session)?)
        .path("/")
        .same_site(SameSite::Lax)
        .secure(config.production)
        .max_age(session::LIFETIME)
        .finish())
}

/// The cookie that removes the token.
pub fn removal_cookie(config: &HttpConfig) -> Cookie<'static> {
    let mut cookie = Cookie::build(COOKIE, "")
        .path("/")
        .same_site(SameSite::Lax)
        .secure(config.production)
        .finish();
    cookie.make_removal();
    cookie
}

/// Rejects changes without a valid origin and token: 403 `CSRF_FAILED`.
pub(crate) async fn check<B: MessageBody + 'static>(request: ServiceRequest, next: Next<B>) -> Layered<B> {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if safe || request.path().starts_with(EXEMPT) || (has_trusted_origin(&request) && has_token(&request)) {
        Ok(next.call(request).await?.map_into_left_body())
    } else {
        Ok(refuse(request, ApiError::new(ErrorCode::CsrfFailed)))
    }
}

/// Whether every `Origin` sent is trusted and `Sec-Fetch-Site` is not `cross-site`. Programs other than browsers send
/// neither header.
fn has_trusted_origin(request: &ServiceRequest) -> bool {
    let Some(config) = request.app_data::<web::Data<HttpConfig>>() else {
        return false;
    };
    let headers = request.headers();
    headers
        .get_all(header::ORIGIN)
        .all(|origin| origin.to_str().is_ok_and(|origin| config.trusts_origin(origin)))
        && headers
            .get_all("Sec-Fetch-Site")
            .all(|site| !site.as_bytes().eq_ignore_ascii_case(b"cross-site"))
}

/// Whether the header holds the session's token. Requests without a signed-in user need none.
fn has_token(request: &ServiceRequest) -> bool {
    let session = request.get_session();
    if SignedIn::of(&session).is_none() {
        return true;
    }
    let (Ok(Some(token)), Some(given)) = (session.get::<String>(FIELD), request.headers().get(HEADER)) else {
        return false;
    };
    token.as_bytes().ct_eq(given.as_bytes()).into()
}
