//! ID tokens, right ones and the wrong ones that a test asks for.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreGenderClaim, CoreHmacKey, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKey, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    Audience, ClientId, EmptyAdditionalClaims, EndUserEmail, EndUserName, IssuerUrl, JsonWebTokenError,
    LocalizedClaim, Nonce, PrivateSigningKey, StandardClaims, SubjectIdentifier,
};
use secrecy::ExposeSecret;
use serde_json::json;

use super::codes::Grant;
use super::fault::Fault;
use super::keys::{KeyError, ProviderKey};
use super::personas::name_of;
use super::state::State;

/// How long an ID token is good for.
pub(super) const TOKEN_LIFETIME: Duration = Duration::from_mins(5);
const HOUR: Duration = Duration::from_hours(1);

const FOREIGN_CLIENT: &str = "another-client";
const FOREIGN_ISSUER: &str = "http://localhost:1";

/// Why there is no ID token.
#[derive(Debug, thiserror::Error)]
pub(super) enum IdTokenError {
    #[error(transparent)]
    Issuer(#[from] url::ParseError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("signing: {0}")]
    Signing(#[from] JsonWebTokenError),
}

/// The ID token for what the user agreed to, with the fault of the hour in it.
pub(super) fn id_token(state: &State, grant: &Grant) -> Result<String, IdTokenError> {
    let fault = state.fault();
    let claims = claims(state, grant, fault)?;
    let rs256 = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    match fault {
        Fault::AlgNone => unsigned(&claims),
        Fault::Hs256 => {
            let secret = CoreHmacKey::new(state.client_secret().expose_secret());
            sign(claims, &secret, CoreJwsSigningAlgorithm::HmacSha256)
        }
        Fault::UnknownKey => sign(claims, ProviderKey::generate()?.signer(), rs256),
        Fault::BadSignature => {
            let disguised = ProviderKey::generate()?.signer_under(state.key().kid())?;
            sign(claims, &disguised, rs256)
        }
        _ => sign(claims, state.key().signer(), rs256),
    }
}

fn claims(state: &State, grant: &Grant, fault: Fault) -> Result<CoreIdTokenClaims, IdTokenError> {
    let issuer = if fault == Fault::WrongIssuer {
        FOREIGN_ISSUER
    } else {
        &state.issuer
    };
    let start = if fault == Fault::Expired {
        now() - HOUR
    } else {
        now()
    };
    let authorized_party = match fault {
        Fault::WrongAudience | Fault::ForeignAuthorizedParty => FOREIGN_CLIENT,
        _ => &state.client_id,
    };
    let nonce = match fault {
        Fault::MissingNonce => None,
        Fault::WrongNonce => Some(Nonce::new_random()),
        _ => grant.nonce.clone().map(Nonce::new),
    };
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(issuer.to_owned())?,
        audiences(&state.client_id, fault),
        start + TOKEN_LIFETIME,
        start,
        profile(state, &grant.email, fault),
        EmptyAdditionalClaims {},
    );
    Ok(claims
        .set_nonce(nonce)
        .set_authorized_party(Some(ClientId::new(authorized_party.to_owned()))))
}

fn audiences(client_id: &str, fault: Fault) -> Vec<Audience> {
    let names: &[&str] = match fault {
        Fault::WrongAudience => &[FOREIGN_CLIENT],
        Fault::ExtraAudience => &[client_id, FOREIGN_CLIENT],
        _ => &[client_id],
    };
    names
        .iter()
        .map(|name| Audience::new((*name).to_owned()))
        .collect()
}

fn profile(state: &State, email: &str, fault: Fault) -> StandardClaims<CoreGenderClaim> {
    let mut name = LocalizedClaim::new();
    name.insert(None, EndUserName::new(name_of(email)));
    let profile = StandardClaims::new(SubjectIdentifier::new(state.subject(email))).set_name(Some(name));
    if fault == Fault::NoEmail {
        return profile;
    }
    profile
        .set_email(Some(EndUserEmail::new(email.to_owned())))
        .set_email_verified(Some(fault != Fault::EmailUnverified))
}

fn sign<K>(claims: CoreIdTokenClaims, key: &K, alg: CoreJwsSigningAlgorithm) -> Result<String, IdTokenError>
where
    K: PrivateSigningKey<VerificationKey = CoreJsonWebKey>,
{
    Ok(CoreIdToken::new(claims, key, alg, None, None)?.to_string())
}

fn unsigned(claims: &CoreIdTokenClaims) -> Result<String, IdTokenError> {
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
    Ok(format!("{header}.{payload}."))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this plays another party, which has a clock of its own"
)]
fn now() -> DateTime<Utc> {
    DateTime::from(SystemTime::now())
}
