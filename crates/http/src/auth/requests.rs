//! Queries of logins. A browser follows these addresses, so nothing in them is refused with an error body.

use crate::{edge::fields::Once, request};

request! {
    /// Starts a login.
    pub struct LoginQuery {
        /// Path of the web client to return to; anything that could leave it is ignored.
        next: Once = "/styles/7",
        /// E-mail address handed to the provider.
        login_hint: Once = "artist@example.com",
    }
}

request! {
    /// Returns from the login provider.
    pub struct CallbackQuery {
        /// The provider's authorization code.
        code: Once,
        /// Ties the callback to the browser that started the login.
        state: Once,
        /// The provider's refusal.
        error: Once,
    }
}
