//! What a client reads first: the provider's description and its public keys.

use actix_web::{HttpResponse, web};
use openidconnect::core::{
    CoreClaimName, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AuthUrl, EmptyAdditionalProviderMetadata, IssuerUrl, JsonWebKeySetUrl, ResponseTypes, Scope, TokenUrl,
};
use serde_json::{Value, json};

use super::fault::Fault;
use super::state::State;

const SCOPES: [&str; 3] = ["openid", "email", "profile"];
const CLAIMS: [&str; 10] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nonce",
    "email",
    "email_verified",
    "name",
];

/// `GET /.well-known/openid-configuration`
pub(super) async fn metadata(state: web::Data<State>) -> HttpResponse {
    if state.fault() == Fault::DiscoveryDown {
        return HttpResponse::ServiceUnavailable().finish();
    }
    match describe(&state.issuer) {
        Ok(metadata) => HttpResponse::Ok().json(metadata),
        Err(error) => {
            tracing::error!(%error, "the demo login provider cannot describe itself");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// `GET /jwks.json`
pub(super) async fn key_set(state: web::Data<State>) -> HttpResponse {
    if state.fault() == Fault::DiscoveryDown {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::Ok().json(CoreJsonWebKeySet::new(vec![state.key().public()]))
}

#[derive(Debug, thiserror::Error)]
enum DescribeError {
    #[error(transparent)]
    Address(#[from] url::ParseError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

fn describe(issuer: &str) -> Result<Value, DescribeError> {
    let metadata = CoreProviderMetadata::new(
        IssuerUrl::new(issuer.to_owned())?,
        AuthUrl::new(format!("{issuer}/authorize"))?,
        JsonWebKeySetUrl::new(format!("{issuer}/jwks.json"))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
        EmptyAdditionalProviderMetadata {},
    )
    .set_token_endpoint(Some(TokenUrl::new(format!("{issuer}/token"))?))
    .set_grant_types_supported(Some(vec![CoreGrantType::AuthorizationCode]))
    .set_token_endpoint_auth_methods_supported(Some(vec![
        CoreClientAuthMethod::ClientSecretBasic,
        CoreClientAuthMethod::ClientSecretPost,
    ]))
    .set_scopes_supported(Some(SCOPES.map(|name| Scope::new(name.to_owned())).to_vec()))
    .set_claims_supported(Some(
        CLAIMS.map(|name| CoreClaimName::new(name.to_owned())).to_vec(),
    ));
    let mut metadata = serde_json::to_value(metadata)?;
    // RFC 8414; the library's type does not know it.
    metadata["code_challenge_methods_supported"] = json!(["S256"]);
    Ok(metadata)
}
