//! HTML pages of the local services. All text is escaped.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use url::Url;

use crate::secrets::random_token;

const TEMPLATE: &str = include_str!("page.html");

/// The targets that the content security policy allows for forms.
#[derive(Clone, Copy)]
pub(crate) enum Forms {
    /// Only the page's server. Some browsers then also block redirects to other servers after the form is sent.
    SameOrigin,
    Anywhere,
}

/// Builds a page. `head` and `body` are HTML, `title` is text.
pub(crate) fn page(status: StatusCode, title: &str, forms: Forms, head: &str, body: &str) -> HttpResponse {
    let nonce = random_token();
    let forms = match forms {
        Forms::SameOrigin => "form-action 'self'; ",
        Forms::Anywhere => "",
    };
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; {forms}base-uri 'none'; frame-ancestors 'none'"
    );
    let html = TEMPLATE
        .replace("{{title}}", &escaped(title))
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

pub(crate) fn notice(status: StatusCode, title: &str, text: &str) -> HttpResponse {
    let body = format!(
        "<h1>{}</h1>\n<p class=\"alert\">{}</p>",
        escaped(title),
        escaped(text)
    );
    page(status, title, Forms::SameOrigin, "", &body)
}

/// A redirect to a URL with a code or a key, which must not be cached or sent as referrer.
pub(crate) fn redirect(status: StatusCode, address: &Url) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((LOCATION, address.as_str()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .finish()
}

/// Escapes text for use between tags and inside double quotes.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
