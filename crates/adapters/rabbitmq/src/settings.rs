//! Settings of the broker connection and their validation.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The standard port of AMQP without TLS.
const DEFAULT_PORT: u16 = 5672;
/// AMQP's limit for the name of a virtual host.
const MAX_VHOST_BYTES: usize = 255;
/// The client sends a heartbeat every `heartbeat / 2` seconds, rounded down: with 1 it would send without a pause.
pub(crate) const MIN_HEARTBEAT: u16 = 2;

/// An invalid setting. Does not contain the URL, because it holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the broker's address is not a valid URL: {0}")]
    Malformed(url::ParseError),
    #[error("the broker's address must begin with amqp://")]
    Scheme,
    #[error("amqps:// is not supported by this build: use amqp:// inside a private network")]
    Tls,
    #[error("the broker's address has no host")]
    NoHost,
    #[error("the {0} in the broker's address has an invalid percent-encoding")]
    Escape(&'static str),
    #[error("the broker's virtual host is longer than {MAX_VHOST_BYTES} bytes")]
    Vhost,
    #[error("the broker's heartbeat must be a number of seconds, at least {MIN_HEARTBEAT}")]
    Heartbeat,
}

/// Timeouts after which the broker counts as unreachable, and the backoff for connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// To connect, log in and open the channel.
    pub connect: Duration,
    /// For one call, such as declaring a queue.
    pub call: Duration,
    /// From sending a message to its confirm.
    pub confirm: Duration,
    /// For a health check, including the connection.
    pub check: Duration,
    /// The pause after the first failed attempt to connect; doubled after each further failure.
    pub initial_backoff: Duration,
    pub max_backoff: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(5),
            confirm: Duration::from_secs(10),
            check: Duration::from_secs(2),
            initial_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(15),
        }
    }
}

/// `Debug` does not show the password.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A host name or an IP address; IPv6 in brackets.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: SecretString,
    /// At most 255 bytes.
    pub vhost: String,
    /// Seconds between heartbeats on an idle connection, at least 2. They find a dead connection in place of TCP keep-alive:
    /// amqprs does not expose its socket.
    pub heartbeat: u16,
    pub timeouts: Timeouts,
}

impl Settings {
    /// Settings with default timeouts.
    ///
    /// # Errors
    /// The host is empty, or the virtual host has more than 255 bytes.
    pub fn new(
        host: &str,
        port: u16,
        user: &str,
        password: SecretString,
        vhost: &str,
    ) -> Result<Self, SettingsError> {
        if host.is_empty() {
            return Err(SettingsError::NoHost);
        }
        if vhost.len() > MAX_VHOST_BYTES {
            return Err(SettingsError::Vhost);
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            user: user.to_owned(),
            password,
            vhost: vhost.to_owned(),
            heartbeat: 30,
            timeouts: Timeouts::default(),
        })
    }

    /// Parses a URL: `amqp://user:password@host:port/vhost?heartbeat=30`. The defaults are `guest`, `guest`, 5672 and
    /// the virtual host `/`. A `/` inside a virtual host's name is written `%2F`.
    ///
    /// # Errors
    /// An invalid part of the URL.
    pub fn from_url(url: &SecretString) -> Result<Self, SettingsError> {
        let url = Url::parse(url.expose_secret()).map_err(SettingsError::Malformed)?;
        match url.scheme() {
            "amqp" => {}
            "amqps" => return Err(SettingsError::Tls),
            _ => return Err(SettingsError::Scheme),
        }
        let user = match url.username() {
            "" => "guest".to_owned(),
            raw => percent_decode(raw).ok_or(SettingsError::Escape("user"))?,
        };
        let password =
            percent_decode(url.password().unwrap_or("guest")).ok_or(SettingsError::Escape("password"))?;
        let vhost = match url.path() {
            "" | "/" => "/".to_owned(),
            raw => {
                percent_decode(raw.trim_start_matches('/')).ok_or(SettingsError::Escape("virtual host"))?
            }
        };
        let mut settings = Self::new(
            url.host_str().unwrap_or_default(),
            url.port().unwrap_or(DEFAULT_PORT),
            &user,
            password.into(),
            &vhost,
        )?;
        if let Some((_, seconds)) = url.query_pairs().find(|(name, _)| name == "heartbeat") {
            settings.heartbeat = seconds
                .parse()
                .ok()
                .filter(|seconds| *seconds >= MIN_HEARTBEAT)
                .ok_or(SettingsError::Heartbeat)?;
        }
        Ok(settings)
    }

    /// The broker for logs: host, port and virtual host, without user and password.
    pub fn place(&self) -> String {
        format!("{}:{} (virtual host {})", self.host, self.port, self.vhost)
    }
}

/// `None` when an escape is invalid or the result is not UTF-8. The crate `percent-encoding` accepts invalid escapes.
fn percent_decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        let digit = |at: usize| char::from(digits[at]).to_digit(16);
        bytes.push(u8::try_from(digit(0)? * 16 + digit(1)?).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Settings, SettingsError> {
        Settings::from_url(&url.into())
    }

    #[test]
    fn every_part_of_the_url_is_parsed() {
        let settings =
            parse("amqp://wor%2Dker:p%40ss%2Fw@broker.internal:5673/style%2Flicense?heartbeat=9").unwrap();
        assert_eq!(settings.host, "broker.internal");
        assert_eq!(settings.port, 5673);
        assert_eq!(settings.user, "wor-ker");
        assert_eq!(settings.password.expose_secret(), "p@ss/w");
        assert_eq!(settings.vhost, "style/license");
        assert_eq!(settings.heartbeat, 9);
    }

    #[test]
    fn missing_parts_have_the_brokers_defaults() {
        for url in [
            "amqp://localhost",
            "amqp://localhost/",
            "amqp://guest:guest@localhost:5672/%2F",
        ] {
            let settings = parse(url).unwrap();
            assert_eq!(settings.place(), "localhost:5672 (virtual host /)");
            assert_eq!(settings.user, "guest");
            assert_eq!(settings.password.expose_secret(), "guest");
        }
        assert_eq!(parse("amqp://[::1]").unwrap().host, "[::1]");
    }

    #[test]
    fn an_invalid_url_is_refused_and_not_included_in_the_error() {
        let cases = [
            ("https://u:hunter2@host", SettingsError::Scheme),
            ("amqps://u:hunter2@host", SettingsError::Tls),
            ("amqp://u:hunter2%zz@host", SettingsError::Escape("password")),
            ("amqp://u:hunter2@host/%ff", SettingsError::Escape("virtual host")),
            ("amqp://u:hunter2@host?heartbeat=1", SettingsError::Heartbeat),
            ("amqp:///vhost", SettingsError::NoHost),
        ];
        for (url, expected) in cases {
            let error = parse(url).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains("hunter2"));
        }
        let malformed = parse("amqp://u:hunter2@host:port").unwrap_err();
        assert!(!format!("{malformed} {malformed:?}").contains("hunter2"));
        assert_eq!(
            parse(&format!("amqp://host/{}", "v".repeat(256))).unwrap_err(),
            SettingsError::Vhost
        );
    }

    #[test]
    fn debug_output_does_not_contain_the_password() {
        let shown = format!("{:?}", parse("amqp://u:hunter2@host").unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
