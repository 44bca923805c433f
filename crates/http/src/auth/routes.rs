//! `/api/auth`.

use actix_session::Session;
use application::{
    auth::{LoginFailure, LoginService},
    users::AccountService,
};
use domain::{
    UserId,
    auth::{LoginChallenge, LoginError},
};
use subtle::ConstantTimeEq;

use crate::{
    auth::{
        next,
        requests::{CallbackQuery, LoginQuery},
    },
    edge::{
        browser::{redirect, web_client_url},
        config::HttpDeps,
        csrf,
        envelope::NoticeBody,
        language::Lang,
        messages::Notice,
        prelude::*,
        session,
    },
    users::responses::Me,
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(login)
        .service(callback)
        .service(me)
        .service(logout);
}

/// Session keys of a login in progress.
mod key {
    pub(super) const STATE: &str = "login_state";
    pub(super) const NONCE: &str = "login_nonce";
    pub(super) const VERIFIER: &str = "login_verifier";
    pub(super) const NEXT: &str = "login_next";
}

/// Start a login.
///
/// Redirects the browser to the login provider.
#[utoipa::path(tag = "auth", operation_id = "start_login", security(()), params(LoginQuery), responses(
    (status = 302, description = "Redirect to the login provider, or to `/login?error=provider_unavailable` of the web client if the provider cannot be reached"),
    SessionErrors))]
#[get("/auth/google/login")]
async fn login(
    query: FromQuery<LoginQuery>,
    service: Data<LoginService>,
    deps: Data<HttpDeps>,
    session: Session,
) -> ApiResult {
    let FromQuery(LoginQuery { next, login_hint }) = query;
    let challenge = match service.begin(login_hint.0).await {
        Ok(challenge) => challenge,
        Err(error) => return Ok(login_failed(&deps, &session, &LoginFailure::Provider(error))),
    };
    let LoginChallenge {
        url,
        state,
        nonce,
        pkce_verifier,
    } = challenge;
    let next = next
        .0
        .filter(|next| next::is_safe_path(&deps.config.frontend_url, next));
    for (key, value) in [
        (key::STATE, state),
        (key::NONCE, nonce),
        (key::VERIFIER, pkce_verifier),
    ] {
        session.insert(key, value).map_err(ApiError::internal)?;
    }
    match next {
        Some(next) => session.insert(key::NEXT, next).map_err(ApiError::internal)?,
        None => _ = session.remove(key::NEXT),
    }
    Ok(redirect(&url))
}

/// Finish a login.
///
/// Verifies the response of the login provider, signs the user in and redirects to the web client.
#[utoipa::path(tag = "auth", operation_id = "finish_login", security(()), params(CallbackQuery), responses(
    (status = 302, description = "Redirect to the web client with a session, or to `/login?error=<code>` of the web client without a session if the login fails"),
    SessionErrors))]
#[get("/auth/google/callback")]
async fn callback(
    query: FromQuery<CallbackQuery>,
    service: Data<LoginService>,
    deps: Data<HttpDeps>,
    session: Session,
) -> ApiResult {
    let [state, nonce, verifier] = [key::STATE, key::NONCE, key::VERIFIER].map(|key| take(&session, key));
    let next = take(&session, key::NEXT);
    let FromQuery(CallbackQuery {
        code,
        state: sent_state,
        error,
    }) = query;
    if error.0.is_some() {
        return Ok(to_login_page(&deps, &session, "access_denied"));
    }
    let (Some(code), Some(sent_state), Some(state), Some(nonce), Some(verifier)) =
        (code.0, sent_state.0, state, nonce, verifier)
    else {
        return Ok(to_login_page(&deps, &session, "invalid_state"));
    };
    if !bool::from(sent_state.as_bytes().ct_eq(state.as_bytes())) {
        return Ok(to_login_page(&deps, &session, "invalid_state"));
    }
    match service.finish(&code, &nonce, &verifier).await {
        Ok(user) => finish_sign_in(&deps, &session, user, next.as_deref()),
        Err(failure) => Ok(login_failed(&deps, &session, &failure)),
    }
}

/// Get the current account.
///
/// Sets the cookie `csrftoken`. Changes must send its value in the header `X-CSRFToken`.
#[utoipa::path(tag = "auth", operation_id = "get_me", security(("session" = [])), responses((status = 200, body = Envelope<Me>), CommonErrors, SessionRequired))]
#[get("/auth/me")]
async fn me(
    caller: SignedIn,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
    deps: Data<HttpDeps>,
    session: Session,
) -> ApiResult {
    let me = service
        .queries
        .me(caller.user)
        .await?
        .ok_or(ErrorCode::Unauthorized)?;
    let mut response = ok(Me::of(me, &media).await?);
    add_cookie(&mut response, &csrf::cookie(&session, &deps.config)?)?;
    Ok(response)
}

/// Sign out.
///
/// Deletes the session and clears its cookies.
#[utoipa::path(tag = "auth", operation_id = "logout", security(("session" = [], "csrf" = [])), responses((status = 200, body = NoticeBody), SessionErrors, CsrfRequired))]
#[post("/auth/logout")]
async fn logout(_who: SignedIn, deps: Data<HttpDeps>, session: Session, lang: Lang) -> ApiResult {
    session::sign_out(&session);
    let mut response = HttpResponse::Ok().json(NoticeBody {
        success: true,
        message: Notice::LoggedOut.text(lang).to_owned(),
    });
    add_cookie(&mut response, &csrf::removal_cookie(&deps.config))?;
    Ok(response)
}

fn finish_sign_in(deps: &HttpDeps, session: &Session, user: UserId, next: Option<&str>) -> ApiResult {
    session::sign_in(session, user)?;
    let next = next.unwrap_or(&deps.config.login_redirect_path);
    let mut response = redirect(&web_client_url(&deps.config.frontend_url, next));
    add_cookie(&mut response, &csrf::cookie(session, &deps.config)?)?;
    Ok(response)
}

/// The error of the provider is logged and not added to the URL.
fn login_failed(deps: &HttpDeps, session: &Session, failure: &LoginFailure) -> HttpResponse {
    tracing::warn!(%failure, "a login failed");
    let code = match failure {
        LoginFailure::Provider(LoginError::Unavailable(_)) => "provider_unavailable",
        LoginFailure::Provider(LoginError::Rejected(_)) => "login_rejected",
        LoginFailure::Provider(LoginError::EmailNotVerified) => "email_not_verified",
        LoginFailure::AccountDisabled => "account_disabled",
        LoginFailure::NoUsername | LoginFailure::Storage(_) => "server_error",
    };
    to_login_page(deps, session, code)
}

/// Does not end the session of a signed-in user. Otherwise any site could sign users out by linking to the callback
/// (logout CSRF).
fn to_login_page(deps: &HttpDeps, session: &Session, code: &str) -> HttpResponse {
    if SignedIn::of(session).is_none() {
        session.purge();
    }
    redirect(&web_client_url(
        &deps.config.frontend_url,
        &format!("/login?error={code}"),
    ))
}

/// Removes a value from the session, because it is valid once.
fn take(session: &Session, key: &str) -> Option<String> {
    session.remove_as::<String>(key).and_then(Result::ok)
}

fn add_cookie(response: &mut HttpResponse, cookie: &actix_web::cookie::Cookie<'_>) -> Result<(), ApiError> {
    response.add_cookie(cookie).map_err(ApiError::internal)
}
