//! Host header check. It prevents host header injection and cache poisoning.

use actix_web::{body::MessageBody, dev::ServiceRequest, http::header, middleware::Next, web};

use crate::edge::{
    config::HttpConfig,
    error::ApiError,
    messages::Cause,
    middleware::{MiddlewareResult, reject},
};

/// 400 for a host that is not configured. Without configured hosts every host is accepted.
pub(crate) async fn check_host<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> MiddlewareResult<B> {
    let known = request.app_data::<web::Data<HttpConfig>>().is_none_or(|config| {
        config.allowed_hosts.is_empty()
            || host_of(&request)
                .is_some_and(|host| config.allowed_hosts.iter().any(|allowed| matches(allowed, host)))
    });
    if known {
        Ok(next.call(request).await?.map_into_left_body())
    } else {
        Ok(reject(request, ApiError::invalid(Cause::UnknownHost)))
    }
}

/// The authority of an absolute request target, which takes precedence (RFC 9112, 3.2.2), or the only `Host` header.
fn host_of(request: &ServiceRequest) -> Option<&str> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str());
    }
    let mut hosts = request.headers().get_all(header::HOST);
    let host = hosts.next()?;
    if hosts.next().is_some() {
        return None;
    }
    host.to_str().ok()
}

/// Whether `allowed` matches `host`, with or without a port.
fn matches(allowed: &str, host: &str) -> bool {
    let name = without_port(host);
    if allowed == "*" {
        true
    } else if let Some(domain) = allowed.strip_prefix('.') {
        let suffix = name.len().checked_sub(domain.len()).and_then(|at| name.get(at..));
        suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(domain))
            && (name.len() == domain.len() || name.as_bytes()[name.len() - domain.len() - 1] == b'.')
    } else {
        allowed.eq_ignore_ascii_case(host) || allowed.eq_ignore_ascii_case(name)
    }
}

/// `example.com:8000` → `example.com`, `[::1]:8000` → `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_matches_by_name_by_name_and_port_or_by_domain() {
        for (allowed, host) in [
            ("localhost", "localhost"),
            ("localhost", "LOCALHOST:8000"),
            ("localhost:8000", "localhost:8000"),
            ("[::1]", "[::1]:8000"),
            (".example.com", "api.example.com"),
            (".example.com", "example.com:443"),
            ("*", "anything"),
        ] {
            assert!(matches(allowed, host), "{allowed} {host}");
        }
    }

    #[test]
    fn similar_hosts_do_not_match() {
        for (allowed, host) in [
            ("localhost:8000", "localhost:9000"),
            ("example.com", "example.com.evil.test"),
            (".example.com", "evilexample.com"),
            (".example.com", "com"),
            ("example.com", "example.com:80x"),
            ("example.com", ""),
        ] {
            assert!(!matches(allowed, host), "{allowed} {host}");
        }
    }
}
