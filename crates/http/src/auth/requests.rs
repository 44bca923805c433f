//! Query strings of logins. They are opened by browsers, so an invalid parameter is ignored instead of rejected.

use crate::{edge::fields::SingleParam, request};

request! {
    /// Query of the start of a login.
    pub struct LoginQuery {
        /// Path of the web client to return to. Ignored unless it is a path on the web client.
        next: SingleParam = "/styles/7",
        /// Email address that is passed to the login provider.
        login_hint: SingleParam = "artist@example.com",
    }
}

request! {
    /// Query of the redirect from the login provider.
    pub struct CallbackQuery {
        /// Authorization code of the login provider.
        code: SingleParam,
        /// State parameter of OAuth 2.0.
        state: SingleParam,
        /// Error code of the login provider.
        error: SingleParam,
    }
}
