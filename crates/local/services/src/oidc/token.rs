//! The token endpoint: exchanges a code for an ID token.

use std::collections::BTreeMap;
use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use url::form_urlencoded;

use super::authorize::parse_parameters;
use super::codes::Grant;
use super::fault::InjectedFault;
use super::id_token::{TOKEN_LIFETIME, id_token};
use super::state::State;
use crate::secrets::{basic_credentials, random_token};

/// Error code and description (RFC 6749, section 5.2).
struct Refusal(&'static str, &'static str);

/// `POST /token`
pub(super) async fn exchange(
    request: HttpRequest,
    body: web::Bytes,
    state: web::Data<State>,
) -> HttpResponse {
    if state.fault() == InjectedFault::TokenEndpointDown {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let grant = match redeem(&request, &body, &state) {
        Ok(grant) => grant,
        Err(refusal) => return refused(refusal),
    };
    let mut body = json!({
        "access_token": random_token(),
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME.as_secs(),
        "scope": "openid email profile",
    });
    if state.fault() != InjectedFault::NoIdToken {
        match id_token(&state, &grant) {
            Ok(token) => {
                body["id_token"] = json!(token);
                state.memory().last_id_token = Some(token);
            }
            Err(error) => {
                tracing::error!(%error, "the demo login provider failed to create an ID token");
                return HttpResponse::InternalServerError().finish();
            }
        }
    }
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(body)
}

fn redeem(request: &HttpRequest, body: &[u8], state: &State) -> Result<Grant, Refusal> {
    let form = parse_parameters(body).ok_or(Refusal("invalid_request", "a parameter was given twice"))?;
    let get = |name: &str| form.get(name).map_or("", String::as_str);
    let (id, secret) = client_credentials(request, &form)?;
    if !state.is_client(&id, &secret) {
        return Err(Refusal("invalid_client", "unknown client or wrong secret"));
    }
    if get("grant_type") != "authorization_code" {
        return Err(Refusal(
            "unsupported_grant_type",
            "only authorization_code is offered",
        ));
    }
    let grant = state
        .memory()
        .codes
        .redeem(get("code"), Instant::now())
        .ok_or(Refusal("invalid_grant", "the code is unknown, used or too old"))?;
    if get("redirect_uri") != grant.redirect_uri {
        return Err(Refusal(
            "invalid_grant",
            "the code was sent to another redirect_uri",
        ));
    }
    if !grant.matches_verifier(get("code_verifier")) {
        return Err(Refusal(
            "invalid_grant",
            "code_verifier does not match the code_challenge",
        ));
    }
    Ok(grant)
}

/// The client's id and secret, from the `Authorization` header or from the form, but not from both.
fn client_credentials(
    request: &HttpRequest,
    form: &BTreeMap<String, String>,
) -> Result<(String, String), Refusal> {
    let posted = form.get("client_secret");
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        let secret = posted.ok_or(Refusal("invalid_client", "no client secret"))?;
        let id = form.get("client_id").cloned().unwrap_or_default();
        return Ok((id, secret.clone()));
    };
    if posted.is_some() {
        return Err(Refusal("invalid_request", "the client authenticated in two ways"));
    }
    header
        .to_str()
        .ok()
        .and_then(basic_credentials)
        // Both are form-encoded before the base64 encoding (RFC 6749, section 2.3.1).
        .map(|(id, secret)| (form_decoded(&id), form_decoded(&secret)))
        .ok_or(Refusal("invalid_client", "not a Basic authorization"))
}

fn form_decoded(text: &str) -> String {
    // The leading `=` is the separator, so an `=` inside the text stays part of the value.
    let pair = format!("={text}");
    form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn refused(Refusal(code, description): Refusal) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::BAD_REQUEST);
    if code == "invalid_client" {
        response
            .status(StatusCode::UNAUTHORIZED)
            .insert_header((WWW_AUTHENTICATE, "Basic realm=\"demo sign-in\""));
    }
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({"error": code, "error_description": description}))
}
