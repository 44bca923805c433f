//! Creates ID tokens, with the injected fault.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreHmacKey, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{PrivateSigningKey, SigningError};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::codes::Grant;
use super::fault::InjectedFault;
use super::keys::ProviderKey;
use super::personas::name_of;
use super::state::State;
use crate::StartError;
use crate::secrets::random_token;

pub(super) const TOKEN_LIFETIME: Duration = Duration::from_mins(5);

const FOREIGN_CLIENT: &str = "another-client";
const FOREIGN_ISSUER: &str = "http://localhost:1";

#[derive(Debug, thiserror::Error)]
pub(super) enum IdTokenError {
    #[error(transparent)]
    Key(#[from] StartError),
    #[error("signing: {0}")]
    Signing(#[from] SigningError),
}

pub(super) fn id_token(state: &State, grant: &Grant) -> Result<String, IdTokenError> {
    let fault = state.fault();
    let claims = claims(state, grant, fault);
    let key = state.memory().key.clone();
    match fault {
        InjectedFault::AlgNone => Ok(format!(
            "{}.",
            unsigned(&json!({"alg": "none", "typ": "JWT"}), &claims)
        )),
        InjectedFault::Hs256 => {
            let header = json!({"alg": "HS256"});
            let secret = CoreHmacKey::new(state.options.client_secret.expose_secret());
            signed(&header, &claims, &secret, &CoreJwsSigningAlgorithm::HmacSha256)
        }
        InjectedFault::UnknownKey => {
            let unknown = ProviderKey::generate()?;
            rs256(&unknown.kid, &claims, &unknown)
        }
        InjectedFault::InvalidSignature => rs256(&key.kid, &claims, &ProviderKey::generate()?),
        _ => rs256(&key.kid, &claims, &key),
    }
}

fn claims(state: &State, grant: &Grant, fault: InjectedFault) -> Value {
    let client = state.options.client_id.as_str();
    let start = match fault {
        InjectedFault::Expired => unix_time() - 3600,
        _ => unix_time(),
    };
    let mut claims = json!({
        "iss": if fault == InjectedFault::WrongIssuer { FOREIGN_ISSUER } else { &state.issuer },
        "sub": state.subject(&grant.email),
        "aud": match fault {
            InjectedFault::WrongAudience => vec![FOREIGN_CLIENT],
            InjectedFault::ExtraAudience => vec![client, FOREIGN_CLIENT],
            _ => vec![client],
        },
        "azp": match fault {
            InjectedFault::WrongAudience | InjectedFault::ForeignAuthorizedParty => FOREIGN_CLIENT,
            _ => client,
        },
        "iat": start,
        "exp": start + TOKEN_LIFETIME.as_secs(),
        "name": name_of(&grant.email),
    });
    let nonce = match fault {
        InjectedFault::MissingNonce => None,
        InjectedFault::WrongNonce => Some(random_token()),
        _ => grant.nonce.clone(),
    };
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    if fault != InjectedFault::NoEmail {
        claims["email"] = json!(grant.email);
        claims["email_verified"] = json!(fault != InjectedFault::EmailUnverified);
    }
    claims
}

fn rs256(kid: &str, claims: &Value, key: &ProviderKey) -> Result<String, IdTokenError> {
    let header = json!({"alg": "RS256", "kid": kid});
    signed(
        &header,
        claims,
        &key.signer,
        &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    )
}

fn signed<K>(
    header: &Value,
    claims: &Value,
    key: &K,
    alg: &CoreJwsSigningAlgorithm,
) -> Result<String, IdTokenError>
where
    K: PrivateSigningKey<VerificationKey = CoreJsonWebKey>,
{
    let message = unsigned(header, claims);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(alg, message.as_bytes())?);
    Ok(format!("{message}.{signature}"))
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider is another party and uses the system time"
)]
fn unix_time() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}
