//! The identity that a login provider verifies.

/// A verified identity. The account key is (`provider`, `subject`), never the e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Provider's short name, `google`.
    pub provider: &'static str,
    /// The provider's stable user id (`sub`).
    pub subject: String,
    pub email: String,
}
