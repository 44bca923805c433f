//! Verification of ID tokens (OpenID Connect Core 1.0, section 3.1.3.7).

use chrono::{DateTime, TimeDelta, Utc};
use domain::auth::Identity;
use domain::users::EmailAddress;
use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{ClaimsVerificationError, ClientId, Nonce, SignatureVerificationError};

use crate::discovery::Provider;

/// The provider's short name in account keys.
const PROVIDER: &str = "google";

/// How far the provider's clock may be ahead of ours.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(2);

/// A token comes directly from the token endpoint, so an older one is suspect even if it has not expired.
const MAX_AGE: TimeDelta = TimeDelta::minutes(10);

/// The longest subject id (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// Contains nothing of the token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// The signature matches none of the cached keys; refreshed keys may match.
    UnknownKey,
    Invalid(&'static str),
    /// The e-mail address is missing, or the provider has not verified it.
    EmailNotVerified,
}

/// Verifies the token and returns the identity in it.
pub(crate) fn verify(
    token: &CoreIdToken,
    provider: &Provider,
    client_id: &ClientId,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Result<Identity, TokenError> {
    // Created without the client secret: no HS256 token passes, even if the allowed algorithms contained it.
    let verifier = CoreIdTokenVerifier::new_public_client(
        client_id.clone(),
        provider.issuer.clone(),
        provider.keys.clone(),
    )
    .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
    .set_time_fn(move || now)
    .set_issue_time_verifier_fn(move |issued| check_issue_time(issued, now));
    let claims = token
        .claims(&verifier, nonce)
        .map_err(|error| token_error(&error))?;
    check_audience(claims, client_id)?;
    identity(claims)
}

fn check_issue_time(issued: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), String> {
    let age = now.signed_duration_since(issued);
    if (-MAX_CLOCK_SKEW..=MAX_AGE).contains(&age) {
        Ok(())
    } else {
        Err("not issued just now".to_owned())
    }
}

/// The token must have one audience and must have been issued to this client (`azp`).
fn check_audience(claims: &CoreIdTokenClaims, client_id: &ClientId) -> Result<(), TokenError> {
    if claims.audiences().len() != 1 {
        return Err(TokenError::Invalid("the ID token has more than one audience"));
    }
    match claims.authorized_party() {
        Some(party) if party != client_id => {
            Err(TokenError::Invalid("the ID token was issued to another client"))
        }
        _ => Ok(()),
    }
}

fn identity(claims: &CoreIdTokenClaims) -> Result<Identity, TokenError> {
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > MAX_SUBJECT_BYTES || !subject.is_ascii() {
        return Err(TokenError::Invalid("the ID token's subject is not valid"));
    }
    let email = match (claims.email(), claims.email_verified()) {
        (Some(email), Some(true)) => email.as_str(),
        _ => return Err(TokenError::EmailNotVerified),
    };
    let email = EmailAddress::parse_address(email)
        .map_err(|_| TokenError::Invalid("the ID token's e-mail address is not valid"))?;
    Ok(Identity {
        provider: PROVIDER,
        subject: subject.to_owned(),
        email: email.into_string(),
    })
}

fn token_error(error: &ClaimsVerificationError) -> TokenError {
    use ClaimsVerificationError as Claims;
    use SignatureVerificationError as Signature;
    TokenError::Invalid(match error {
        Claims::SignatureVerification(
            Signature::NoMatchingKey | Signature::AmbiguousKeyId(_) | Signature::CryptoError(_),
        ) => return TokenError::UnknownKey,
        Claims::SignatureVerification(Signature::NoSignature) => "the ID token is not signed",
        Claims::SignatureVerification(Signature::DisallowedAlg(_) | Signature::UnsupportedAlg(_)) => {
            "the ID token's signature algorithm is not allowed"
        }
        Claims::SignatureVerification(_) => "the ID token's signature cannot be verified",
        Claims::InvalidIssuer(_) => "the ID token has another issuer",
        Claims::InvalidAudience(_) => "the ID token is for another audience",
        Claims::Expired(_) => "the ID token has expired or was not issued just now",
        Claims::InvalidNonce(_) => "the ID token belongs to another login",
        _ => "the ID token is not valid",
    })
}
