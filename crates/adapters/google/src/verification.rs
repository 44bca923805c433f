//! What an ID token has to be before it is believed (OpenID Connect Core 1.0, section 3.1.3.7).

use chrono::{DateTime, TimeDelta, Utc};
use domain::{auth::Identity, users::EmailAddress};
use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{ClaimsVerificationError, ClientId, Nonce, SignatureVerificationError};

use crate::discovery::Provider;

/// The provider's short name in account keys.
const PROVIDER: &str = "google";

/// How far the provider's clock may be ahead of ours.
const MAX_AHEAD: TimeDelta = TimeDelta::minutes(2);

/// A token comes straight from the token endpoint, so it was issued just now, whatever its expiry.
const MAX_AGE: TimeDelta = TimeDelta::minutes(10);

/// The longest subject id (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// Why a token is not believed. The texts are ours: nothing of the token is repeated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The signature fits none of the provider's keys as we know them; newer keys may fit.
    Key,
    /// The token is wrong, whatever the keys.
    Token(&'static str),
    /// The provider does not vouch for the e-mail address.
    Email,
}

/// Whom the token names, once everything about it is right.
pub(crate) fn verify(
    token: &CoreIdToken,
    provider: &Provider,
    client_id: &ClientId,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Result<Identity, Refusal> {
    // Without the client secret no HS256 token can pass, even if the list of algorithms allowed one.
    let verifier = CoreIdTokenVerifier::new_public_client(
        client_id.clone(),
        provider.issuer.clone(),
        provider.keys.clone(),
    )
    .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
    .set_time_fn(move || now)
    .set_issue_time_verifier_fn(move |issued| was_issued_just_now(issued, now));
    let claims = token.claims(&verifier, nonce).map_err(|error| refusal(&error))?;
    check_parties(claims, client_id)?;
    identity(claims)
}

fn was_issued_just_now(issued: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), String> {
    let age = now.signed_duration_since(issued);
    if (-MAX_AHEAD..=MAX_AGE).contains(&age) {
        Ok(())
    } else {
        Err("not issued just now".to_owned())
    }
}

/// The token is for us alone, and it was us who asked for it.
fn check_parties(claims: &CoreIdTokenClaims, client_id: &ClientId) -> Result<(), Refusal> {
    if claims.audiences().len() != 1 {
        return Err(Refusal::Token("the ID token is for several audiences"));
    }
    match claims.authorized_party() {
        Some(party) if party != client_id => Err(Refusal::Token("the ID token was issued to another client")),
        _ => Ok(()),
    }
}

fn identity(claims: &CoreIdTokenClaims) -> Result<Identity, Refusal> {
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > MAX_SUBJECT_BYTES || !subject.is_ascii() {
        return Err(Refusal::Token("the ID token's subject is not one"));
    }
    let email = match (claims.email(), claims.email_verified()) {
        (Some(email), Some(true)) => email.as_str(),
        _ => return Err(Refusal::Email),
    };
    let email = EmailAddress::parse_address(email)
        .map_err(|_| Refusal::Token("the ID token's e-mail address is not one"))?;
    Ok(Identity {
        provider: PROVIDER,
        subject: subject.to_owned(),
        email: email.into_string(),
    })
}

fn refusal(error: &ClaimsVerificationError) -> Refusal {
    use ClaimsVerificationError as Claims;
    use SignatureVerificationError as Signature;
    Refusal::Token(match error {
        Claims::SignatureVerification(
            Signature::NoMatchingKey | Signature::AmbiguousKeyId(_) | Signature::CryptoError(_),
        ) => return Refusal::Key,
        Claims::SignatureVerification(Signature::NoSignature) => "the ID token is not signed",
        Claims::SignatureVerification(Signature::DisallowedAlg(_) | Signature::UnsupportedAlg(_)) => {
            "the ID token is signed in a way that is not allowed"
        }
        Claims::SignatureVerification(_) => "the ID token's signature cannot be verified",
        Claims::InvalidIssuer(_) => "the ID token has another issuer",
        Claims::InvalidAudience(_) => "the ID token is for another audience",
        Claims::Expired(_) => "the ID token has expired or was not issued just now",
        Claims::InvalidNonce(_) => "the ID token belongs to another login",
        _ => "the ID token does not stand up to verification",
    })
}
