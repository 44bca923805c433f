//! What browsers bring when they follow an address, and where they are sent on. Nothing here is refused with an error that
//! only programs can read.

use actix_web::{HttpResponse, http::header};
use url::Url;

/// A query parameter's value. Each is allowed once: what comes twice counts as not sent, so nobody has to guess which of
/// the two another program would have believed.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

/// The address of `path` on the web client.
pub(crate) fn on_the_web_client(frontend: &Url, path: &str) -> String {
    format!("{}{path}", frontend.as_str().trim_end_matches('/'))
}

/// 302 to `address`.
pub(crate) fn redirect(address: &str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, address))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_once_is_read_and_what_comes_twice_is_not() {
        let query = "state=a%20b&code=1&code=1&next=%FF&empty=&flag";
        assert_eq!(parameter(query, "state").as_deref(), Some("a b"));
        assert_eq!(parameter(query, "code"), None);
        assert_eq!(parameter(query, "next").as_deref(), Some("\u{fffd}"));
        assert_eq!(parameter(query, "empty").as_deref(), Some(""));
        assert_eq!(parameter(query, "flag").as_deref(), Some(""));
        assert_eq!(parameter(query, "error"), None);
    }

    #[test]
    fn the_front_end_may_live_below_a_path() {
        let frontend = Url::parse("https://example.com/app/").unwrap();
        assert_eq!(
            on_the_web_client(&frontend, "/login?error=x"),
            "https://example.com/app/login?error=x"
        );
    }
}
