//! The key that signs cookies, made from the server's secret.

use actix_web::cookie::Key;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha512;

/// HKDF (RFC 5869) with SHA-512: one block gives the 64 bytes a cookie key needs. The label keeps this key apart from
/// any other that is ever made from the same secret.
pub(super) fn derive(secret: &SecretString) -> Key {
    let extracted = hmac(b"stylelicense", &[secret.expose_secret().as_bytes()]);
    let expanded = hmac(&extracted, &[b"session cookie", &[1]]);
    Key::from(&expanded)
}

/// HMAC with a key of at most 64 bytes, which it pads to a block itself.
fn hmac<const N: usize>(key: &[u8; N], parts: &[&[u8]]) -> [u8; 64] {
    let mut block = [0_u8; 128];
    block[..N].copy_from_slice(key);
    let mut mac = Hmac::<Sha512>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_depends_on_the_secret_alone() {
        let key = |secret: &str| derive(&SecretString::from(secret.to_owned()));
        let (one, other) = (
            key("one secret of thirty-two letters"),
            key("another secret of many letters !"),
        );
        assert_eq!(one.master(), key("one secret of thirty-two letters").master());
        assert_ne!(one.master(), other.master());
        assert_eq!(one.master().len(), 64);
    }

    #[test]
    fn it_is_the_key_of_rfc_5869() {
        // HKDF-SHA-512 with salt "stylelicense", info "session cookie", 64 bytes, computed with OpenSSL.
        let key = derive(&SecretString::from("0123456789abcdef0123456789abcdef".to_owned()));
        assert_eq!(hex::encode(key.master()), EXPECTED);
    }

    const EXPECTED: &str = "60e9b8034257fedfd4e132d4cbc0204e8f07ecf492186984\
        65a9f8fccd0414267f76c407c6a28d65d1f78bd9b3483c216e749e1f62d64c6c4ada0c0b9dbc27db";
}
