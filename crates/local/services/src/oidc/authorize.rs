//! The authorization endpoint and the sign-in form.

use std::collections::BTreeMap;
use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use url::{Url, form_urlencoded};

use super::codes::Grant;
use super::fault::InjectedFault;
use super::pages;
use super::personas::parse_email;
use super::state::State;
use crate::pages::redirect;

/// Length of an S256 challenge: 32 bytes as base64.
const CHALLENGE_LENGTH: usize = 43;

/// A valid authorization request before the user has signed in.
struct Authorization {
    redirect: Url,
    state: Option<String>,
    /// The e-mail is empty until the user signs in.
    grant: Grant,
}

/// `GET /authorize`: signs in the e-mail of `login_hint`, or shows the sign-in page without one.
pub(super) async fn authorize(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let Some(parameters) = parse_parameters(request.query_string().as_bytes()) else {
        return pages::refused("A parameter was given twice.");
    };
    state.memory().last_authorization = Some(parameters.clone());
    let authorization = match parse(&parameters, &state) {
        Ok(authorization) => authorization,
        Err(response) => return *response,
    };
    match parameters.get("login_hint").and_then(|hint| parse_email(hint)) {
        Some(email) => redirect_to(&authorization.code(email, &state)),
        None if parameters.get("prompt").is_some_and(|prompt| prompt == "none") => {
            redirect_to(&authorization.error("login_required", "nobody is signed in"))
        }
        None => pages::choose(&parameters, None),
    }
}

/// `POST /sign-in`: the form of the sign-in page.
///
/// Responds with a page that redirects, because browsers apply the content security policy of the form to HTTP
/// redirects.
pub(super) async fn sign_in(body: web::Bytes, state: web::Data<State>) -> HttpResponse {
    let Some(mut parameters) = parse_parameters(&body) else {
        return pages::refused("A parameter was given twice.");
    };
    let input = parameters.remove("email").unwrap_or_default();
    let authorization = match parse(&parameters, &state) {
        Ok(authorization) => authorization,
        Err(response) => return *response,
    };
    match parse_email(&input) {
        Some(email) => pages::redirect_page(&email, &authorization.code(email.clone(), &state)),
        None => pages::choose(&parameters, Some("That is not an e-mail address.")),
    }
}

/// Parses a query or a form; `None` when a parameter is repeated, which OAuth forbids.
pub(super) fn parse_parameters(encoded: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(parameters)
}

/// Checks the client and the redirect URI first: an error must not be redirected to an unregistered URI.
fn parse(parameters: &BTreeMap<String, String>, state: &State) -> Result<Authorization, Box<HttpResponse>> {
    let get = |name: &str| parameters.get(name).map_or("", String::as_str);
    if get("client_id") != state.options.client_id {
        let reason = "The application that sent you here is not registered.";
        return Err(Box::new(pages::refused(reason)));
    }
    let redirect_uri = get("redirect_uri");
    let redirect = match Url::parse(redirect_uri) {
        Ok(redirect)
            if state
                .options
                .redirect_uris
                .iter()
                .any(|registered| registered == redirect_uri) =>
        {
            redirect
        }
        _ => {
            let reason = "The application wants your answer at an address that is not registered.";
            return Err(Box::new(pages::refused(reason)));
        }
    };
    let authorization = Authorization {
        redirect,
        state: parameters.get("state").cloned(),
        grant: Grant {
            email: String::new(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: get("code_challenge").to_owned(),
            nonce: parameters.get("nonce").cloned(),
        },
    };
    let reject = |code, description| Err(Box::new(redirect_to(&authorization.error(code, description))));
    if state.fault() == InjectedFault::AccessDenied {
        return reject("access_denied", "the user declined");
    }
    if get("response_type") != "code" {
        return reject("unsupported_response_type", "only response_type=code is offered");
    }
    if !get("scope").split(' ').any(|scope| scope == "openid") {
        return reject("invalid_scope", "the scope must contain openid");
    }
    if get("code_challenge_method") != "S256" || get("code_challenge").len() != CHALLENGE_LENGTH {
        return reject("invalid_request", "PKCE with S256 is required");
    }
    Ok(authorization)
}

impl Authorization {
    /// The redirect URI with a new code.
    fn code(&self, email: String, state: &State) -> Url {
        let grant = Grant {
            email,
            ..self.grant.clone()
        };
        let code = state.memory().codes.issue(grant, Instant::now());
        self.redirect_url(&[("code", &code)])
    }

    /// The redirect URI with an error.
    fn error(&self, code: &str, description: &str) -> Url {
        self.redirect_url(&[("error", code), ("error_description", description)])
    }

    fn redirect_url(&self, pairs: &[(&str, &str)]) -> Url {
        let mut url = self.redirect.clone();
        let state = self.state.as_deref().map(|state| ("state", state));
        url.query_pairs_mut().extend_pairs(pairs).extend_pairs(state);
        url
    }
}

fn redirect_to(url: &Url) -> HttpResponse {
    redirect(StatusCode::FOUND, url)
}
