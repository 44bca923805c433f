//! Queries of logins. They come with a browser that follows addresses, so nothing in them is refused with an error
//! that only programs can read.

use actix_web::HttpRequest;
use utoipa::IntoParams;

/// Query of a login start.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LoginQuery {
    /// Path of the web client to return to; anything that could leave it is ignored.
    #[param(example = "/styles/7")]
    pub(super) next: Option<String>,
    /// E-mail address handed to the provider.
    #[param(example = "artist@example.com")]
    pub(super) login_hint: Option<String>,
}

impl LoginQuery {
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self {
            next: parameter(request.query_string(), "next"),
            login_hint: parameter(request.query_string(), "login_hint"),
        }
    }
}

/// Query of a login callback.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallbackQuery {
    /// The provider's authorization code.
    pub(super) code: Option<String>,
    /// Ties the callback to the browser that started the login.
    pub(super) state: Option<String>,
    /// The provider's refusal.
    pub(super) error: Option<String>,
}

impl CallbackQuery {
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self {
            code: parameter(request.query_string(), "code"),
            state: parameter(request.query_string(), "state"),
            error: parameter(request.query_string(), "error"),
        }
    }
}

/// A parameter's value. OAuth allows each once: what comes twice counts as not sent, so nobody has to guess which of
/// the two another program would have believed.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
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
}
