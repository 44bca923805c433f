//! Faults that a test can inject.

/// The fault that is active until another one is set. Everything else stays valid, so a client that accepts the
/// response lacks exactly this check.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum InjectedFault {
    #[default]
    None,
    WrongNonce,
    MissingNonce,
    WrongAudience,
    /// The ID token has a second audience.
    ExtraAudience,
    /// The ID token was issued to another client (`azp`).
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
    /// The ID token has the id of the published key but is signed with another key.
    InvalidSignature,
    EmailUnverified,
    NoEmail,
    /// The token response has no ID token.
    NoIdToken,
    /// The authorization endpoint redirects as if the user had declined.
    AccessDenied,
    /// The token endpoint responds 503.
    TokenEndpointDown,
    /// The discovery document and the JWKS respond 503.
    DiscoveryDown,
}
