//! Where the broker is and how long it may take to answer.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The port of AMQP without TLS.
const DEFAULT_PORT: u16 = 5672;
/// AMQP carries the name of a virtual host in a string of at most this many bytes.
const VHOST_BYTES: usize = 255;
/// The client sends a heartbeat every `heartbeat / 2` whole seconds, so that one second would mean
/// without pause.
pub(crate) const SHORTEST_HEARTBEAT: u16 = 2;

/// Why an address cannot be used. Never repeats the address: it holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not an address at all.
    #[error("the broker's address cannot be read: {0}")]
    Malformed(url::ParseError),
    /// Neither `amqp` nor `amqps`.
    #[error("the broker's address must begin with amqp://")]
    Scheme,
    /// `amqps`: this build speaks AMQP without TLS only.
    #[error("amqps:// is not supported by this build: use amqp:// inside a private network")]
    Tls,
    /// No host.
    #[error("the broker's address names no host")]
    NoHost,
    /// User, password or virtual host with a broken `%` escape.
    #[error("the {0} in the broker's address has a broken %-escape")]
    Escape(&'static str),
    /// A virtual host longer than AMQP can say.
    #[error("the broker's virtual host is longer than {VHOST_BYTES} bytes")]
    Vhost,
    /// A heartbeat that is no number of seconds from 2 on.
    #[error("the broker's heartbeat must be a number of seconds, at least {SHORTEST_HEARTBEAT}")]
    Heartbeat,
}

/// How long the broker may take before it counts as unreachable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// To connect, log in and open the channel.
    pub connect: Duration,
    /// To answer one call, such as declaring a queue.
    pub call: Duration,
    /// To confirm a message, from the moment it was sent.
    pub confirm: Duration,
    /// For a check of the broker's health, connecting included.
    pub check: Duration,
    /// The pause after the first failed attempt to connect; doubled by each further one.
    pub first_pause: Duration,
    /// The longest such pause.
    pub longest_pause: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(5),
            confirm: Duration::from_secs(10),
            check: Duration::from_secs(2),
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(15),
        }
    }
}

/// Everything needed to reach the broker. `Debug` does not show the password.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A name or an address; IPv6 in brackets.
    pub host: String,
    pub port: u16,
    pub user: String,
    /// The password of `user`.
    pub password: SecretString,
    /// The virtual host, at most 255 bytes.
    pub vhost: String,
    /// Seconds between heartbeats on an idle connection, at least 2.
    pub heartbeat: u16,
    pub timeouts: Timeouts,
}

impl Settings {
    /// Settings from single values, with default patience.
    ///
    /// # Errors
    /// An empty host, or a virtual host of more than 255 bytes.
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
        if vhost.len() > VHOST_BYTES {
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

    /// Settings from an address: `amqp://user:password@host:port/vhost?heartbeat=30`. What is left out is `guest`,
    /// `guest`, 5672 and the virtual host `/`; a `/` inside a virtual host's name is written `%2F`.
    ///
    /// # Errors
    /// What is wrong with the address, without repeating it.
    pub fn from_url(address: &SecretString) -> Result<Self, SettingsError> {
        let url = Url::parse(address.expose_secret()).map_err(SettingsError::Malformed)?;
        match url.scheme() {
            "amqp" => {}
            "amqps" => return Err(SettingsError::Tls),
            _ => return Err(SettingsError::Scheme),
        }
        let user = match url.username() {
            "" => "guest".to_owned(),
            raw => unescape(raw).ok_or(SettingsError::Escape("user"))?,
        };
        let password =
            unescape(url.password().unwrap_or("guest")).ok_or(SettingsError::Escape("password"))?;
        let vhost = match url.path() {
            "" | "/" => "/".to_owned(),
            raw => unescape(raw.trim_start_matches('/')).ok_or(SettingsError::Escape("virtual host"))?,
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
                .filter(|seconds| *seconds >= SHORTEST_HEARTBEAT)
                .ok_or(SettingsError::Heartbeat)?;
        }
        Ok(settings)
    }

    /// What to call the broker in a message: host, port and virtual host, no user and no password.
    pub fn place(&self) -> String {
        format!("{}:{} (virtual host {})", self.host, self.port, self.vhost)
    }
}

/// Reads `%xx` escapes; nothing when one is broken or the result is no UTF-8.
fn unescape(raw: &str) -> Option<String> {
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

    fn read(address: &str) -> Result<Settings, SettingsError> {
        Settings::from_url(&address.into())
    }

    #[test]
    fn an_address_names_every_part() {
        let settings =
            read("amqp://wor%2Dker:p%40ss%2Fw@broker.internal:5673/style%2Flicense?heartbeat=9").unwrap();
        assert_eq!(settings.host, "broker.internal");
        assert_eq!(settings.port, 5673);
        assert_eq!(settings.user, "wor-ker");
        assert_eq!(settings.password.expose_secret(), "p@ss/w");
        assert_eq!(settings.vhost, "style/license");
        assert_eq!(settings.heartbeat, 9);
    }

    #[test]
    fn what_an_address_leaves_out_is_what_the_broker_ships_with() {
        for address in [
            "amqp://localhost",
            "amqp://localhost/",
            "amqp://guest:guest@localhost:5672/%2F",
        ] {
            let settings = read(address).unwrap();
            assert_eq!(settings.place(), "localhost:5672 (virtual host /)");
            assert_eq!(settings.user, "guest");
            assert_eq!(settings.password.expose_secret(), "guest");
        }
        assert_eq!(read("amqp://[::1]").unwrap().host, "[::1]");
    }

    #[test]
    fn a_bad_address_is_refused_without_being_repeated() {
        let cases = [
            ("https://u:hunter2@host", SettingsError::Scheme),
            ("amqps://u:hunter2@host", SettingsError::Tls),
            ("amqp://u:hunter2%zz@host", SettingsError::Escape("password")),
            ("amqp://u:hunter2@host/%ff", SettingsError::Escape("virtual host")),
            ("amqp://u:hunter2@host?heartbeat=1", SettingsError::Heartbeat),
            ("amqp:///vhost", SettingsError::NoHost),
        ];
        for (address, expected) in cases {
            let error = read(address).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains("hunter2"));
        }
        let malformed = read("amqp://u:hunter2@host:port").unwrap_err();
        assert!(!format!("{malformed} {malformed:?}").contains("hunter2"));
        assert_eq!(
            read(&format!("amqp://host/{}", "v".repeat(256))).unwrap_err(),
            SettingsError::Vhost
        );
    }

    #[test]
    fn debug_output_keeps_the_password() {
        let shown = format!("{:?}", read("amqp://u:hunter2@host").unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
