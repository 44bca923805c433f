//! The sign-in pages of the provider.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use url::{Url, form_urlencoded};

use super::personas::PERSONAS;
use crate::pages::{self, Forms, escaped};

const TITLE: &str = "Demo sign-in";
const WARNING: &str = "<h1>Demo sign-in</h1>\n<p>This is not a real login: no password is asked for and \
    nothing is checked. Whoever you choose, you are.</p>\n";

/// The sign-in page. It sends the `parameters` of the authorization request again.
pub(super) fn choose(parameters: &BTreeMap<String, String>, alert: Option<&str>) -> HttpResponse {
    let mut body = WARNING.to_owned();
    if let Some(alert) = alert {
        let _ = writeln!(body, "<p class=\"alert\" role=\"alert\">{}</p>", escaped(alert));
    }
    body.push_str("<ul>\n");
    for persona in PERSONAS {
        let _ = writeln!(
            body,
            "<li><a href=\"{}\"><strong>{}</strong> {}<small>{}</small></a></li>",
            escaped(&authorize_path(parameters, persona.email)),
            escaped(persona.name),
            escaped(persona.email),
            escaped(persona.purpose),
        );
    }
    body.push_str("</ul>\n<form method=\"post\" action=\"/sign-in\">\n");
    for (name, value) in parameters {
        let _ = writeln!(
            body,
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escaped(name),
            escaped(value)
        );
    }
    body.push_str(
        "<label for=\"email\">Or somebody else</label>\n\
         <input id=\"email\" name=\"email\" type=\"email\" maxlength=\"254\" required placeholder=\"you@example.com\">\n\
         <button>Sign in</button>\n</form>",
    );
    page("", &body)
}

/// The page after the form. It redirects to the client and has a link for browsers that do not follow the redirect.
pub(super) fn redirect_page(email: &str, address: &Url) -> HttpResponse {
    let address = escaped(address.as_str());
    let head = format!("<meta http-equiv=\"refresh\" content=\"0;url={address}\">");
    let body = format!(
        "<h1>Demo sign-in</h1>\n<p>You are {}.</p>\n<a href=\"{address}\">Continue</a>",
        escaped(email)
    );
    page(&head, &body)
}

/// The page for a request whose redirect URI must not be used.
pub(super) fn refused(reason: &str) -> HttpResponse {
    pages::notice(StatusCode::BAD_REQUEST, TITLE, reason)
}

/// The authorization request with the e-mail as `login_hint`.
fn authorize_path(parameters: &BTreeMap<String, String>, email: &str) -> String {
    let others = parameters.iter().filter(|(name, _)| *name != "login_hint");
    let query: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others)
        .append_pair("login_hint", email)
        .finish();
    format!("/authorize?{query}")
}

fn page(head: &str, body: &str) -> HttpResponse {
    pages::page(StatusCode::OK, TITLE, Forms::SameOrigin, head, body)
}
