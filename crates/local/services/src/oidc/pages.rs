//! The pages of the provider.

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

/// The page to choose a person. `parameters` are those of the authorization request; the choice sends them again.
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
            escaped(&address_for(parameters, persona.email)),
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

/// The page after the form: redirects to the client, with a link for browsers that do not follow.
pub(super) fn redirect_page(email: &str, address: &Url) -> HttpResponse {
    let address = escaped(address.as_str());
    let head = format!("<meta http-equiv=\"refresh\" content=\"0;url={address}\">");
    let body = format!(
        "<h1>Demo sign-in</h1>\n<p>You are {}.</p>\n<a href=\"{address}\">Continue</a>",
        escaped(email)
    );
    page(&head, &body)
}

/// The page for a request that must not be answered by a redirect to the client.
pub(super) fn refused(reason: &str) -> HttpResponse {
    pages::notice(StatusCode::BAD_REQUEST, TITLE, reason)
}

/// The same request again, with the person chosen.
fn address_for(parameters: &BTreeMap<String, String>, email: &str) -> String {
    let chosen = parameters.iter().filter(|(name, _)| *name != "login_hint");
    let query: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(chosen)
        .append_pair("login_hint", email)
        .finish();
    format!("/authorize?{query}")
}

fn page(head: &str, body: &str) -> HttpResponse {
    pages::page(StatusCode::OK, TITLE, Forms::SameOrigin, head, body)
}
