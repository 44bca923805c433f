//! Authentication of workers.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::edge::{
    error::ApiError,
    error_code::ErrorCode,
    net::{IpRanges, client_ip},
};

const SOURCE_HEADER: &str = "X-Request-Source";

/// How workers are authenticated.
#[derive(Debug, Clone)]
pub struct WorkerAccess {
    /// `INTERNAL_API_TOKEN`
    pub token: SecretString,
    /// The token before the last rotation. Still valid.
    pub previous: Option<SecretString>,
    /// Allowed IP addresses. Empty: any.
    pub allowed_ips: IpRanges,
    /// Peers whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: IpRanges,
}

impl WorkerAccess {
    /// In constant time: compares digests, and always both tokens.
    fn is_valid_token(&self, bearer: &str) -> bool {
        let sent = Sha256::digest(bearer.as_bytes());
        let equals = |token: &SecretString| sent.ct_eq(&Sha256::digest(token.expose_secret().as_bytes()));
        let previous = self.previous.as_ref().map_or(Choice::from(0), equals);
        (equals(&self.token) | previous).into()
    }

    fn is_authorized(&self, request: &HttpRequest, source: &str) -> bool {
        let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let bearer = text(header::AUTHORIZATION.as_str())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token.trim());
        let is_allowed_ip = self.allowed_ips.is_empty()
            || client_ip(request, &self.trusted_proxies).is_some_and(|ip| self.allowed_ips.contains(ip));
        self.is_valid_token(bearer) && text(SOURCE_HEADER) == Some(source) && is_allowed_ip
    }
}

/// A kind of worker.
pub(super) trait WorkerKind {
    /// Value of `X-Request-Source`.
    const SOURCE: &'static str;
}

pub(super) struct Training;

impl WorkerKind for Training {
    const SOURCE: &'static str = "training-server";
}

pub(super) struct Inference;

impl WorkerKind for Inference {
    const SOURCE: &'static str = "inference-server";
}

/// Extractor that authenticates a worker of kind `K`: 401 before the body is read.
pub(super) struct Worker<K>(PhantomData<K>);

impl<K: WorkerKind> FromRequest for Worker<K> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let is_authorized = request
            .app_data::<Data<WorkerAccess>>()
            .is_some_and(|access| access.is_authorized(request, K::SOURCE));
        ready(if is_authorized {
            Ok(Self(PhantomData))
        } else {
            Err(ErrorCode::Unauthorized.into())
        })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn access() -> WorkerAccess {
        WorkerAccess {
            token: SecretString::from("new-token"),
            previous: Some(SecretString::from("old-token")),
            allowed_ips: IpRanges::parse("192.0.2.0/24").unwrap(),
            trusted_proxies: IpRanges::default(),
        }
    }

    fn is_authorized(bearer: &str, source: &str, peer: &str) -> bool {
        let request = TestRequest::default()
            .insert_header(("Authorization", bearer))
            .insert_header((SOURCE_HEADER, source))
            .peer_addr(format!("{peer}:99").parse().unwrap())
            .to_http_request();
        access().is_authorized(&request, Training::SOURCE)
    }

    #[test]
    fn w1_w2_token_source_and_ip_must_be_valid() {
        assert!(is_authorized("Bearer new-token", "training-server", "192.0.2.7"));
        assert!(is_authorized("bearer old-token", "training-server", "192.0.2.7"));
        assert!(!is_authorized("Bearer other", "training-server", "192.0.2.7"));
        assert!(!is_authorized("Bearer ", "training-server", "192.0.2.7"));
        assert!(!is_authorized("new-token", "training-server", "192.0.2.7"));
        assert!(!is_authorized(
            "Bearer new-token",
            "inference-server",
            "192.0.2.7"
        ));
        assert!(!is_authorized(
            "Bearer new-token",
            "training-server",
            "198.51.100.7"
        ));
    }
}
