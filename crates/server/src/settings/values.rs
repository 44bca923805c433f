//! Parsers of single settings. An error says what is expected and never contains the value.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::{net::SocketAddr, time::Duration};

use domain::object::UriScheme;
use http_api::net::IpRanges;
use secrecy::SecretString;
use url::{Host, Url};

use super::LogFormat;

/// Any text on one line.
pub fn text(raw: &str) -> Result<String, String> {
    if raw.chars().any(char::is_control) {
        Err("must be plain text".into())
    } else {
        Ok(raw.to_owned())
    }
}

/// A secret of at least `min` characters.
pub fn secret(raw: &str, min: usize) -> Result<SecretString, String> {
    if raw.chars().count() < min {
        return Err(format!("must have at least {min} characters"));
    }
    Ok(SecretString::from(raw))
}

/// `http(s)://host[:port][/path]`, returned without a trailing slash.
pub fn base_url(raw: &str) -> Result<String, String> {
    let expected = || "must be a URL such as https://api.example.com".to_owned();
    let url = Url::parse(raw).map_err(|_| expected())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.query().is_none();
    if plain && url.fragment().is_none() {
        Ok(raw.trim_end_matches('/').to_owned())
    } else {
        Err(expected())
    }
}

/// A [`base_url`] to which secrets can be sent: https, or http on this machine.
pub fn encrypted_url(raw: &str) -> Result<String, String> {
    let url = base_url(raw)?;
    let parsed = Url::parse(&url).map_err(|_| "must be a URL".to_owned())?;
    let is_loopback = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if parsed.scheme() == "https" || is_loopback {
        Ok(url)
    } else {
        Err("must be an https URL (http only on this machine)".into())
    }
}

/// `scheme://host[:port]`, as browsers send it in `Origin`.
pub fn origin(raw: &str) -> Result<String, String> {
    let url = base_url(raw)?;
    let parsed = Url::parse(&url).map_err(|_| "must be origins".to_owned())?;
    let origin = parsed.origin().ascii_serialization();
    if origin == url {
        Ok(origin)
    } else {
        Err("must be origins such as https://app.example.com, without paths".into())
    }
}

/// `postgres://…`
pub fn postgres_url(raw: &str) -> Result<SecretString, String> {
    with_scheme(
        raw,
        &["postgres", "postgresql"],
        "must be a URL such as postgres://user:password@host/database",
    )
}

/// `amqp://…`
pub fn amqp_url(raw: &str) -> Result<SecretString, String> {
    with_scheme(
        raw,
        &["amqp"],
        "must be a URL such as amqp://user:password@host:5672/vhost (TLS is not supported)",
    )
}

fn with_scheme(raw: &str, schemes: &[&str], expected: &str) -> Result<SecretString, String> {
    let url = Url::parse(raw).map_err(|_| expected.to_owned())?;
    let is_valid = schemes.contains(&url.scheme()) && url.host().is_some();
    if is_valid {
        Ok(SecretString::from(raw))
    } else {
        Err(expected.to_owned())
    }
}

/// Builds the URL of the broker from its parts.
pub fn amqp_url_from_parts(host: &str, port: u16, user: &str, password: &str, vhost: &str) -> SecretString {
    let encode = |raw| utf8_percent_encode(raw, NON_ALPHANUMERIC);
    SecretString::from(format!(
        "amqp://{}:{}@{host}:{port}/{}",
        encode(user),
        encode(password),
        encode(vhost)
    ))
}

/// A host name or IP address, without scheme and path.
pub fn host(raw: &str) -> Result<String, String> {
    let is_valid = !raw.is_empty() && !raw.contains(['/', '@', ' ', '?', '#']);
    if is_valid {
        Ok(raw.to_ascii_lowercase())
    } else {
        Err("must be host names such as api.example.com".into())
    }
}

pub fn port(raw: &str) -> Result<u16, String> {
    raw.parse().map_err(|_| "must be a port, 1 to 65535".into())
}

pub fn socket_addr(raw: &str) -> Result<SocketAddr, String> {
    raw.parse()
        .map_err(|_| "must be an address such as 0.0.0.0:8000".into())
}

pub fn path(raw: &str) -> Result<String, String> {
    let is_valid = raw.starts_with('/') && !raw.starts_with("//") && !raw.contains('\\');
    if is_valid {
        Ok(raw.to_owned())
    } else {
        Err("must be a path such as /welcome".into())
    }
}

/// A number of database connections.
pub fn connections(raw: &str) -> Result<u32, String> {
    raw.parse()
        .ok()
        .filter(|n| (2..=10_000).contains(n))
        .ok_or_else(|| "must be a whole number of at least 2: for requests and for background work".into())
}

/// A whole number above zero.
pub fn positive(raw: &str) -> Result<i64, String> {
    raw.parse()
        .ok()
        .filter(|n| (1..=36_500).contains(n))
        .ok_or_else(|| "must be a whole number above zero".into())
}

/// `90s`, `15m`, `6h`, `2d`, or plain seconds.
pub fn duration(raw: &str) -> Result<Duration, String> {
    let expected = || "must be a duration such as 90s, 15m, 6h or 2d".to_owned();
    let digits = raw.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &raw[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(expected()),
    };
    let count: u64 = digits.parse().map_err(|_| expected())?;
    let total = count
        .checked_mul(seconds)
        .filter(|total| (1..=31_536_000).contains(total))
        .ok_or_else(expected)?;
    Ok(Duration::from_secs(total))
}

/// A bucket name that Amazon and Google accept.
pub fn bucket(raw: &str) -> Result<String, String> {
    let is_valid = raw
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    if is_valid && (3..=63).contains(&raw.len()) {
        Ok(raw.to_owned())
    } else {
        Err("must be a bucket name: 3 to 63 of a-z, 0-9, - _ and .".into())
    }
}

/// `s3` or `gs`.
pub fn uri_scheme(raw: &str) -> Result<UriScheme, String> {
    match raw {
        "s3" => Ok(UriScheme::S3),
        "gs" => Ok(UriScheme::Gs),
        _ => Err("must be s3 or gs".into()),
    }
}

/// `human` or `json`.
pub fn log_format(raw: &str) -> Result<LogFormat, String> {
    match raw {
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be human or json".into()),
    }
}

/// Comma-separated IP addresses and networks.
pub fn ip_ranges(raw: &str) -> Result<IpRanges, String> {
    IpRanges::parse(raw).map_err(|_| "must be IP addresses or networks such as 10.0.0.0/8, 192.0.2.7".into())
}
