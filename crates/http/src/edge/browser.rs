//! Redirects to the web client. A browser follows these addresses, so nothing here is answered with an error body.

use actix_web::{HttpResponse, http::header};
use url::Url;

/// The URL of `path` on the web client.
pub(crate) fn web_client_url(frontend: &Url, path: &str) -> String {
    format!("{}{path}", frontend.as_str().trim_end_matches('/'))
}

/// 302 to `url`.
pub(crate) fn redirect(address: &str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, address))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_end_may_live_below_a_path() {
        let frontend = Url::parse("https://example.com/app/").unwrap();
        assert_eq!(
            web_client_url(&frontend, "/login?error=x"),
            "https://example.com/app/login?error=x"
        );
    }
}
