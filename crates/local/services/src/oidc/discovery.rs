//! The discovery document and the JWKS.

use actix_web::{HttpResponse, web};
use openidconnect::PrivateSigningKey;
use openidconnect::core::CoreJsonWebKeySet;
use serde_json::json;

use super::fault::InjectedFault;
use super::state::State;

/// `GET /.well-known/openid-configuration`
pub(super) async fn metadata(state: web::Data<State>) -> HttpResponse {
    if state.fault() == InjectedFault::DiscoveryDown {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let issuer = &state.issuer;
    HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks.json"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "email", "profile"],
        "claims_supported":
            ["iss", "sub", "aud", "azp", "exp", "iat", "nonce", "email", "email_verified", "name"],
    }))
}

/// `GET /jwks.json`
pub(super) async fn key_set(state: web::Data<State>) -> HttpResponse {
    if state.fault() == InjectedFault::DiscoveryDown {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let public = state.memory().key.signer.as_verification_key();
    HttpResponse::Ok().json(CoreJsonWebKeySet::new(vec![public]))
}
