//! `/api/auth`: signing in and out.

mod next;
mod query;

use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use application::{
    auth::{LoginFailure, LoginService},
    media_urls::MediaUrls,
    users::AccountService,
};
use domain::{
    UserId,
    auth::{LoginChallenge, LoginError},
};
use subtle::ConstantTimeEq;
use utoipa_actix_web::service_config::ServiceConfig;

use self::query::{CallbackQuery, LoginQuery};
use super::{
    browser::{on_the_web_client, redirect},
    documented::{Always, NeedsCsrf, NeedsSession, WithSessions},
};
use crate::{
    HttpDeps, csrf,
    dto::users::MeDto,
    envelope::{Envelope, NoticeBody, ok},
    error::ApiError,
    messages::{Lang, Notice, notice_text},
    session::{self, SignedIn},
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(login)
        .service(callback)
        .service(me)
        .service(logout);
}

/// What is kept in the browser's session between the start of a login and its callback, once.
mod kept {
    pub(super) const STATE: &str = "login_state";
    pub(super) const NONCE: &str = "login_nonce";
    pub(super) const VERIFIER: &str = "login_verifier";
    pub(super) const NEXT: &str = "login_next";
}

/// Starts a login: sends the browser to the provider.
#[utoipa::path(tag = "auth", operation_id = "start_login", security(()), params(LoginQuery), responses(
    (status = 302, description = "To the login provider; to the web client's `/login?error=provider_unavailable` when it cannot be reached"),
    WithSessions))]
#[get("/auth/google/login")]
async fn login(
    request: HttpRequest,
    service: Data<LoginService>,
    deps: Data<HttpDeps>,
    session: Session,
) -> Result<HttpResponse, ApiError> {
    let query = LoginQuery::of(&request);
    let challenge = match service.begin(query.login_hint).await {
        Ok(challenge) => challenge,
        Err(error) => return Ok(failed(&deps, &session, &LoginFailure::Provider(error))),
    };
    let LoginChallenge {
        url,
        state,
        nonce,
        pkce_verifier,
    } = challenge;
    let next = query
        .next
        .filter(|next| next::stays_inside(&deps.config.frontend_url, next));
    for (key, value) in [
        (kept::STATE, state),
        (kept::NONCE, nonce),
        (kept::VERIFIER, pkce_verifier),
    ] {
        session
            .insert(key, value)
            .map_err(|error| ApiError::internal(&error))?;
    }
    match next {
        Some(next) => session
            .insert(kept::NEXT, next)
            .map_err(|error| ApiError::internal(&error))?,
        None => _ = session.remove(kept::NEXT),
    }
    Ok(redirect(&url))
}

/// Finishes a login: verifies who came back, sets the session, returns to the web client.
#[utoipa::path(tag = "auth", operation_id = "finish_login", security(()), params(CallbackQuery), responses(
    (status = 302, description = "To the web client, signed in; to its `/login?error=<code>` without a session when anything is wrong"),
    WithSessions))]
#[get("/auth/google/callback")]
async fn callback(
    request: HttpRequest,
    service: Data<LoginService>,
    deps: Data<HttpDeps>,
    session: Session,
) -> Result<HttpResponse, ApiError> {
    let [state, nonce, verifier] = [kept::STATE, kept::NONCE, kept::VERIFIER].map(|key| take(&session, key));
    let next = take(&session, kept::NEXT);
    let query = CallbackQuery::of(&request);
    if query.error.is_some() {
        return Ok(to_login_page(&deps, &session, "access_denied"));
    }
    let (Some(code), Some(got), Some(state), Some(nonce), Some(verifier)) =
        (query.code, query.state, state, nonce, verifier)
    else {
        return Ok(to_login_page(&deps, &session, "invalid_state"));
    };
    if !bool::from(got.as_bytes().ct_eq(state.as_bytes())) {
        return Ok(to_login_page(&deps, &session, "invalid_state"));
    }
    match service.finish(&code, &nonce, &verifier).await {
        Ok(user) => signed_in(&deps, &session, user, next.as_deref()),
        Err(failure) => Ok(failed(&deps, &session, &failure)),
    }
}

/// The account signed in. Sets the `csrftoken` cookie that changes must show in `X-CSRFToken`.
#[utoipa::path(tag = "auth", operation_id = "get_me", security(("session" = [])), responses((status = 200, body = Envelope<MeDto>), Always, NeedsSession))]
#[get("/auth/me")]
async fn me(
    who: SignedIn,
    service: Data<AccountService>,
    media: Data<MediaUrls>,
    deps: Data<HttpDeps>,
    session: Session,
) -> Result<HttpResponse, ApiError> {
    let me = service.me(who.user).await?.ok_or_else(ApiError::unauthorized)?;
    let mut response = ok(MeDto::of(me, &media).await?);
    add_cookie(&mut response, &csrf::cookie(&session, &deps.config)?)?;
    Ok(response)
}

/// Signs out: the session is destroyed, its cookies are cleared.
#[utoipa::path(tag = "auth", operation_id = "logout", security(("session" = [], "csrf" = [])), responses((status = 200, body = NoticeBody), WithSessions, NeedsCsrf))]
#[post("/auth/logout")]
async fn logout(
    _who: SignedIn,
    deps: Data<HttpDeps>,
    session: Session,
    lang: Lang,
) -> Result<HttpResponse, ApiError> {
    session::sign_out(&session);
    let mut response = HttpResponse::Ok().json(NoticeBody {
        success: true,
        message: notice_text(lang, Notice::LoggedOut).to_owned(),
    });
    add_cookie(&mut response, &csrf::removal_cookie(&deps.config))?;
    Ok(response)
}

fn signed_in(
    deps: &HttpDeps,
    session: &Session,
    user: UserId,
    next: Option<&str>,
) -> Result<HttpResponse, ApiError> {
    session::sign_in(session, user)?;
    let next = next.unwrap_or(&deps.config.login_redirect_path);
    let mut response = redirect(&on_the_web_client(&deps.config.frontend_url, next));
    add_cookie(&mut response, &csrf::cookie(session, &deps.config)?)?;
    Ok(response)
}

/// A failed login. What the provider said goes to the log, never into the address.
fn failed(deps: &HttpDeps, session: &Session, failure: &LoginFailure) -> HttpResponse {
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

/// Whoever was signed in stays so: a foreign page must not be able to sign people out by sending them here.
fn to_login_page(deps: &HttpDeps, session: &Session, code: &str) -> HttpResponse {
    if SignedIn::of(session).is_none() {
        session.purge();
    }
    redirect(&on_the_web_client(
        &deps.config.frontend_url,
        &format!("/login?error={code}"),
    ))
}

/// Takes a text out of the session: it works once.
fn take(session: &Session, key: &str) -> Option<String> {
    session.remove_as::<String>(key).and_then(Result::ok)
}

fn add_cookie(response: &mut HttpResponse, cookie: &actix_web::cookie::Cookie<'_>) -> Result<(), ApiError> {
    response
        .add_cookie(cookie)
        .map_err(|error| ApiError::internal(&error))
}
