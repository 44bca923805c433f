//! The few pages that people see. Whatever comes from a request is escaped.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use url::{Url, form_urlencoded};

use super::codes::random_token;
use super::personas::PERSONAS;

const TEMPLATE: &str = include_str!("page.html");
const WARNING: &str = "<h1>Demo sign-in</h1>\n<p>This is not a real login: no password is asked for and \
    nothing is checked. Whoever you choose, you are.</p>\n";

/// The page to choose a person on. `parameters` are those of the authorization request; they come back with
/// the choice.
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
    page(StatusCode::OK, "", &body)
}

/// The page after the form: goes on to the client by itself, with a link for browsers that do not.
pub(super) fn lead_on(email: &str, address: &Url) -> HttpResponse {
    let address = escaped(address.as_str());
    let head = format!("<meta http-equiv=\"refresh\" content=\"0;url={address}\">");
    let body = format!(
        "<h1>Demo sign-in</h1>\n<p>You are {}.</p>\n<a href=\"{address}\">Continue</a>",
        escaped(email)
    );
    page(StatusCode::OK, &head, &body)
}

/// The page for a request that must not be answered by going back to whoever sent it.
pub(super) fn refused(reason: &str) -> HttpResponse {
    let body = format!(
        "<h1>Demo sign-in</h1>\n<p class=\"alert\">{}</p>",
        escaped(reason)
    );
    page(StatusCode::BAD_REQUEST, "", &body)
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

fn page(status: StatusCode, head: &str, body: &str) -> HttpResponse {
    let nonce = random_token();
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let html = TEMPLATE
        .replace("{{nonce}}", &nonce)
        .replace("{{head}}", head)
        .replace("{{body}}", body);
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .body(html)
}

/// Text that is safe between tags and inside double quotes.
fn escaped(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                _ => out.push(c),
            }
            out
        })
}
