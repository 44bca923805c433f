//! Redirects to the web client. They are followed by browsers, so errors are reported in the redirect, not in a body.

use actix_web::{HttpResponse, http::header};
use url::Url;

pub(crate) fn web_client_url(frontend: &Url, path: &str) -> String {
    format!("{}{path}", frontend.as_str().trim_end_matches('/'))
}

/// 302.
pub(crate) fn redirect(url: &str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, url))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frontend_url_may_have_a_path() {
        let frontend = Url::parse("https://example.com/app/").unwrap();
        assert_eq!(
            web_client_url(&frontend, "/login?error=x"),
            "https://example.com/app/login?error=x"
        );
    }
}
