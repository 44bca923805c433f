//! Queries of logins. They come with a browser that follows addresses, so nothing in them is refused with an error
//! that only programs can read.

use actix_web::HttpRequest;
use utoipa::IntoParams;

use crate::edge::browser::parameter;

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
