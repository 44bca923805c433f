//! CSRF protection: origin check, and a token bound to the session.

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
    middleware::{MiddlewareResult, reject},
    session::{self, SignedIn},
};

/// The web client reads the token from this cookie.
pub const COOKIE: &str = "csrftoken";

/// The web client sends the token in this header.
pub const HEADER: &str = "X-CSRFToken";

/// Key of the token in the session.
const SESSION_KEY: &str = "csrf";

/// Workers and payment providers call these paths without cookies, so CSRF does not apply.
const EXEMPT_PREFIX: &str = "/api/webhooks/";

/// The CSRF token of the session. Created if it does not exist.
pub fn token(session: &Session) -> Result<String, ApiError> {
    if let Ok(Some(token)) = session.get::<String>(SESSION_KEY) {
        return Ok(token);
    }
    let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    session.insert(SESSION_KEY, &token).map_err(ApiError::internal)?;
    Ok(token)
}

pub fn cookie(session: &Session, config: &HttpConfig) -> Result<Cookie<'static>, ApiError> {
    Ok(Cookie::build(COOKIE, token(session)?)
        .path("/")
        .same_site(SameSite::Lax)
        .secure(config.production)
        .max_age(session::LIFETIME)
        .finish())
}

pub fn removal_cookie(config: &HttpConfig) -> Cookie<'static> {
    let mut cookie = Cookie::build(COOKIE, "")
        .path("/")
        .same_site(SameSite::Lax)
        .secure(config.production)
        .finish();
    cookie.make_removal();
    cookie
}

/// 403 `CSRF_FAILED` for a change without a trusted origin and a valid token.
pub(crate) async fn check<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> MiddlewareResult<B> {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if safe
        || request.path().starts_with(EXEMPT_PREFIX)
        || (has_trusted_origin(&request) && has_valid_token(&request))
    {
        Ok(next.call(request).await?.map_into_left_body())
    } else {
        Ok(reject(request, ApiError::new(ErrorCode::CsrfFailed)))
    }
}

/// Whether every `Origin` is trusted and `Sec-Fetch-Site` is not `cross-site`. Only browsers send these headers.
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

/// Whether the header contains the token of the session. Not required without a signed-in user.
fn has_valid_token(request: &ServiceRequest) -> bool {
    let session = request.get_session();
    if SignedIn::of(&session).is_none() {
        return true;
    }
    let (Ok(Some(token)), Some(sent)) = (session.get::<String>(SESSION_KEY), request.headers().get(HEADER))
    else {
        return false;
    };
    token.as_bytes().ct_eq(sent.as_bytes()).into()
}
