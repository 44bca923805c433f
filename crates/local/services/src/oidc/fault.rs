//! Faults that a test can inject.

/// What the provider does wrong, until another fault is set.
///
/// Everything else stays right, so a client that accepts the answer missed exactly this check.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum InjectedFault {
    #[default]
    None,
    WrongNonce,
    MissingNonce,
    WrongAudience,
    /// The ID token is for our client and for another one.
    ExtraAudience,
    /// The ID token is for our client, but was issued to another one (`azp`).
    ForeignAuthorizedParty,
    WrongIssuer,
    /// The ID token expired almost an hour ago.
    Expired,
    /// The ID token has no signature (`alg` is `none`).
    AlgNone,
    /// The ID token is signed with the client secret instead of the provider's key.
    Hs256,
    /// The ID token is signed with a key that the provider never published.
    UnknownKey,
    /// The ID token names the published key but is signed with another one.
    BadSignature,
    EmailUnverified,
    NoEmail,
    /// The token answer has no ID token.
    NoIdToken,
    /// The authorization endpoint answers as if the user had declined.
    AccessDenied,
    /// The token endpoint answers 503.
    TokenEndpointDown,
    /// Discovery and the key set answer 503.
    DiscoveryDown,
}
