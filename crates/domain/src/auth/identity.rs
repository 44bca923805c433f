//! Who a login provider says somebody is.

/// Who a login provider says somebody is. The account key is (`provider`, `subject`), never the e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Provider's short name, `google`.
    pub provider: &'static str,
    /// The provider's stable id of the person (`sub`).
    pub subject: String,
    pub email: String,
}
