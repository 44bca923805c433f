//! The authorization endpoint and the sign-in form.

use std::collections::BTreeMap;
use std::time::Instant;

use actix_web::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use actix_web::{HttpRequest, HttpResponse, web};
use url::{Url, form_urlencoded};

use super::codes::Grant;
use super::fault::InjectedFault;
use super::pages;
use super::personas::parse_email;
use super::state::State;

/// A valid S256 challenge has this length (32 bytes in base64).
const CHALLENGE_LENGTH: usize = 43;

/// A request that may be answered by redirecting to the client.
struct Authorization {
    redirect: Url,
    redirect_uri: String,
    state: Option<String>,
    nonce: Option<String>,
    challenge: String,
}

enum Refusal {
    /// The client or its address is unknown: the user sees the reason, nothing is sent to that address.
    ShowUser(&'static str),
    RedirectToClient(Url),
}

/// `GET /authorize`: signs in the e-mail in `login_hint` at once, else shows the page.
pub(super) async fn authorize(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let Some(parameters) = read_parameters(request.query_string().as_bytes()) else {
        return pages::refused("A parameter was given twice.");
    };
    state.memory().last_authorization = Some(parameters.clone());
    let authorization = match read(&parameters, &state) {
        Ok(authorization) => authorization,
        Err(refusal) => return refused(refusal),
    };
    match parameters.get("login_hint").and_then(|hint| parse_email(hint)) {
        Some(email) => redirect_to(&grant(authorization, email, &state)),
        None if parameters.get("prompt").is_some_and(|prompt| prompt == "none") => {
            redirect_to(&authorization.error("login_required", "nobody is signed in"))
        }
        None => pages::choose(&parameters, None),
    }
}

/// `POST /sign-in`: the page's form with an e-mail.
///
/// It answers with a page that leads on, because browsers apply the form's content security policy to every
/// redirect that follows.
pub(super) async fn sign_in(body: web::Bytes, state: web::Data<State>) -> HttpResponse {
    let Some(mut parameters) = read_parameters(&body) else {
        return pages::refused("A parameter was given twice.");
    };
    let typed = parameters.remove("email").unwrap_or_default();
    let authorization = match read(&parameters, &state) {
        Ok(authorization) => authorization,
        Err(refusal) => return refused(refusal),
    };
    match parse_email(&typed) {
        Some(email) => pages::redirect_page(&email, &grant(authorization, email.clone(), &state)),
        None => pages::choose(&parameters, Some("That is not an e-mail address.")),
    }
}

/// Parameters of a query or a form; `None` when one is given twice, which OAuth forbids.
pub(super) fn read_parameters(encoded: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(parameters)
}

/// Checks client and redirect address first: nothing may be sent to an address that is not registered.
fn read(parameters: &BTreeMap<String, String>, state: &State) -> Result<Authorization, Refusal> {
    let get = |name: &str| parameters.get(name).map_or("", String::as_str);
    if get("client_id") != state.client_id {
        return Err(Refusal::ShowUser(
            "The application that sent you here is not registered.",
        ));
    }
    let unknown =
        Refusal::ShowUser("The application wants your answer at an address that is not registered.");
    let redirect_uri = get("redirect_uri");
    let redirect = match Url::parse(redirect_uri) {
        Ok(redirect) if state.redirect_uris.iter().any(|known| known == redirect_uri) => redirect,
        _ => return Err(unknown),
    };
    let authorization = Authorization {
        redirect,
        redirect_uri: redirect_uri.to_owned(),
        state: parameters.get("state").cloned(),
        nonce: parameters.get("nonce").cloned(),
        challenge: get("code_challenge").to_owned(),
    };
    let back = |code, description| Err(Refusal::RedirectToClient(authorization.error(code, description)));
    if state.fault() == InjectedFault::AccessDenied {
        return back("access_denied", "the user declined");
    }
    if get("response_type") != "code" {
        return back("unsupported_response_type", "only response_type=code is offered");
    }
    if !get("scope").split(' ').any(|scope| scope == "openid") {
        return back("invalid_scope", "the scope must contain openid");
    }
    if get("code_challenge_method") != "S256" || authorization.challenge.len() != CHALLENGE_LENGTH {
        return back("invalid_request", "PKCE with S256 is required");
    }
    Ok(authorization)
}

/// The address to send the user to, with a new code.
fn grant(authorization: Authorization, email: String, state: &State) -> Url {
    let mut redirect = authorization.redirect;
    let grant = Grant {
        email,
        redirect_uri: authorization.redirect_uri,
        challenge: authorization.challenge,
        nonce: authorization.nonce,
    };
    let code = state.memory().codes.issue(grant, Instant::now());
    redirect.query_pairs_mut().append_pair("code", &code);
    add_state(&mut redirect, authorization.state.as_deref());
    redirect
}

impl Authorization {
    /// The address to send the user to when it did not work out.
    fn error(&self, code: &str, description: &str) -> Url {
        let mut redirect = self.redirect.clone();
        redirect
            .query_pairs_mut()
            .append_pair("error", code)
            .append_pair("error_description", description);
        add_state(&mut redirect, self.state.as_deref());
        redirect
    }
}

fn add_state(redirect: &mut Url, state: Option<&str>) {
    if let Some(state) = state {
        redirect.query_pairs_mut().append_pair("state", state);
    }
}

fn refused(refusal: Refusal) -> HttpResponse {
    match refusal {
        Refusal::ShowUser(text) => pages::refused(text),
        Refusal::RedirectToClient(address) => redirect_to(&address),
    }
}

fn redirect_to(address: &Url) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, address.as_str()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .finish()
}
