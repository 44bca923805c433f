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

/// Header with the kind of the worker.
const SOURCE: &str = "X-Request-Source";

/// Credentials of workers.
#[derive(Debug, Clone)]
pub struct WorkerAccess {
    /// `INTERNAL_API_TOKEN`
    pub token: SecretString,
    /// The token before the last rotation, still valid.
    pub previous: Option<SecretString>,
    /// Allowed addresses; empty: any.
    pub allowed_ips: IpRanges,
    /// Peers whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: IpRanges,
}

impl WorkerAccess {
    /// Constant time: compares digests, and always both tokens.
    fn accepts(&self, bearer: &str) -> bool {
        let given = Sha256::digest(bearer.as_bytes());
        let equals = |token: &SecretString| given.ct_eq(&Sha256::digest(token.expose_secret().as_bytes()));
        let previous = self.previous.as_ref().map_or(Choice::from(0), equals);
        (equals(&self.token) | previous).into()
    }

    fn admits(&self, request: &HttpRequest, source: &str) -> bool {
        let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let bearer = text(header::AUTHORIZATION.as_str())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token.trim());
        let known_place = self.allowed_ips.is_empty()
            || client_ip(request, &self.trusted_proxies).is_some_and(|ip| self.allowed_ips.contains(ip));
        self.accepts(bearer) && text(SOURCE) == Some(source) && known_place
    }
}

/// A kind of worker.
pub(super) trait Source {
    /// Value of the header.
    const NAME: &'static str;
}

pub(super) struct Training;

impl Source for Training {
    const NAME: &'static str = "training-server";
}

pub(super) struct Inference;

impl Source for Inference {
    const NAME: &'static str = "inference-server";
}

/// An authenticated worker of kind `S`; anybody else gets 401 before the body is read.
pub(super) struct Worker<S>(PhantomData<S>);

impl<S: Source> FromRequest for Worker<S> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = request
            .app_data::<Data<WorkerAccess>>()
            .is_some_and(|access| access.admits(request, S::NAME));
        ready(if admitted {
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

    fn admits(bearer: &str, source: &str, peer: &str) -> bool {
        let request = TestRequest::default()
            .insert_header(("Authorization", bearer))
            .insert_header((SOURCE, source))
            .peer_addr(format!("{peer}:99").parse().unwrap())
            .to_http_request();
        access().admits(&request, Training::NAME)
    }

    #[test]
    fn w1_w2_token_source_and_place_must_all_fit() {
        assert!(admits("Bearer new-token", "training-server", "192.0.2.7"));
        assert!(admits("bearer old-token", "training-server", "192.0.2.7"));
        assert!(!admits("Bearer other", "training-server", "192.0.2.7"));
        assert!(!admits("Bearer ", "training-server", "192.0.2.7"));
        assert!(!admits("new-token", "training-server", "192.0.2.7"));
        assert!(!admits("Bearer new-token", "inference-server", "192.0.2.7"));
        assert!(!admits("Bearer new-token", "training-server", "198.51.100.7"));
    }
}
