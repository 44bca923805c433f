//! Where the broker is. The client library's own reader of addresses leaves `%` escapes as they are, and so
//! misses the virtual host `/`, written `%2F`.

use std::fmt;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The port of AMQP without TLS.
const DEFAULT_PORT: u16 = 5672;
/// AMQP carries the name of a virtual host in a string of at most this many bytes.
const VHOST_BYTES: usize = 255;

/// Why an address cannot be used. Never repeats the address: it holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressError {
    #[error("the broker's address cannot be read: {0}")]
    Malformed(#[from] url::ParseError),
    #[error("the broker's address must begin with amqp://")]
    Scheme,
    #[error("the broker's address names no host")]
    NoHost,
    #[error("the {0} in the broker's address is no UTF-8")]
    Text(&'static str),
    #[error("the broker's virtual host is longer than {VHOST_BYTES} bytes")]
    Vhost,
}

/// The broker and who logs in. Displayed without user and password.
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: SecretString,
    pub(super) vhost: String,
}

impl Address {
    /// Reads `amqp://user:password@host:port/vhost`. What is left out is `guest`, `guest`, 5672 and `/`.
    pub(super) fn parse(raw: &SecretString) -> Result<Self, AddressError> {
        let url = Url::parse(raw.expose_secret())?;
        if url.scheme() != "amqp" {
            return Err(AddressError::Scheme);
        }
        let user = match url.username() {
            "" => "guest",
            user => user,
        };
        let vhost = match url.path() {
            "" | "/" => "%2F",
            path => path.trim_start_matches('/'),
        };
        let vhost = decoded(vhost, "virtual host")?;
        if vhost.len() > VHOST_BYTES {
            return Err(AddressError::Vhost);
        }
        Ok(Self {
            host: url
                .host_str()
                .filter(|host| !host.is_empty())
                .ok_or(AddressError::NoHost)?
                .to_owned(),
            port: url.port().unwrap_or(DEFAULT_PORT),
            user: decoded(user, "user")?,
            password: decoded(url.password().unwrap_or("guest"), "password")?.into(),
            vhost,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host, port, vhost, ..
        } = self;
        write!(formatter, "{host}:{port} (virtual host {vhost})")
    }
}

fn decoded(raw: &str, part: &'static str) -> Result<String, AddressError> {
    let text = percent_decode_str(raw).decode_utf8();
    Ok(text.map_err(|_| AddressError::Text(part))?.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed helper fails the test that called it")]

    use super::*;

    fn parse(raw: &str) -> Result<Address, AddressError> {
        Address::parse(&raw.into())
    }

    #[test]
    fn an_address_names_every_part() {
        let address = parse("amqp://wor%2Dker:p%40ss%2Fw@broker.internal:5673/style%2Flicense").unwrap();
        assert_eq!(
            address.to_string(),
            "broker.internal:5673 (virtual host style/license)"
        );
        assert_eq!(address.user, "wor-ker");
        assert_eq!(address.password.expose_secret(), "p@ss/w");
    }

    #[test]
    fn what_an_address_leaves_out_is_what_the_broker_ships_with() {
        for raw in [
            "amqp://localhost",
            "amqp://localhost/",
            "amqp://guest:guest@localhost:5672/%2F",
            "amqp://guest:guest@localhost:5672/%2f",
        ] {
            let address = parse(raw).unwrap();
            assert_eq!(address.to_string(), "localhost:5672 (virtual host /)");
            assert_eq!(
                (address.user.as_str(), address.password.expose_secret()),
                ("guest", "guest")
            );
        }
        assert_eq!(parse("amqp://[::1]").unwrap().host, "[::1]");
    }

    #[test]
    fn a_bad_address_is_refused_without_being_repeated() {
        let cases = [
            ("https://u:hunter2@host", AddressError::Scheme),
            ("amqps://u:hunter2@host", AddressError::Scheme),
            ("amqp:///hunter2", AddressError::NoHost),
            ("amqp://u:hunter2%ff@host", AddressError::Text("password")),
            ("amqp://u:hunter2@host/%ff", AddressError::Text("virtual host")),
            (
                "amqp://u:hunter2@host:port",
                AddressError::Malformed(url::ParseError::InvalidPort),
            ),
        ];
        for (raw, expected) in cases {
            let error = parse(raw).err().unwrap();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
            assert_eq!(error, expected);
        }
        let long = format!("amqp://host/{}", "v".repeat(256));
        assert_eq!(parse(&long).err(), Some(AddressError::Vhost));
    }
}
