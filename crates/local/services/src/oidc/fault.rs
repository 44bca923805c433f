//! The ways in which the provider can be made to misbehave.

/// What the provider does wrong, from the moment it is set until another is set.
///
/// Everything that is not named stays right, so a client that accepts the answer missed exactly this check.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Fault {
    /// Nothing: it answers as it should.
    #[default]
    None,
    /// The ID token carries a nonce that nobody asked for.
    WrongNonce,
    /// The ID token carries no nonce.
    MissingNonce,
    /// The ID token is for another client.
    WrongAudience,
    /// The ID token is for our client and for another one.
    ExtraAudience,
    /// The ID token is for our client, but was issued to another one (`azp`).
    ForeignAuthorizedParty,
    /// The ID token names another issuer.
    WrongIssuer,
    /// The ID token ended an hour ago.
    Expired,
    /// The ID token has no signature (`alg` is `none`).
    AlgNone,
    /// The ID token is signed with the client secret instead of the provider's key.
    Hs256,
    /// The ID token is signed with a key that the provider never published.
    UnknownKey,
    /// The ID token names the published key but is signed with another one.
    BadSignature,
    /// The provider does not vouch for the e-mail.
    EmailUnverified,
    /// The ID token has no e-mail.
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
