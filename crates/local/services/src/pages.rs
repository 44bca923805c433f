//! The pages that people see of the parts that play somebody else. Whatever comes from a request is escaped.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const TEMPLATE: &str = include_str!("page.html");

/// Where a page's forms may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forms {
    /// To the page's own server, and no redirect away from it.
    Here,
    /// Their answers send the browser on, which some browsers hold to the page's policy.
    Onward,
}

/// A page. `head` and `body` are HTML, `title` is text.
pub(crate) fn page(status: StatusCode, title: &str, forms: Forms, head: &str, body: &str) -> HttpResponse {
    let nonce = random_token();
    let forms = match forms {
        Forms::Here => "form-action 'self'; ",
        Forms::Onward => "",
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

/// Text that is safe between tags and inside double quotes.
pub(crate) fn escaped(text: &str) -> String {
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

/// 256 random bits, safe in addresses.
pub(crate) fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}
