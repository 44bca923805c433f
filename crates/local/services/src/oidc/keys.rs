//! The RSA keys that ID tokens are signed with.

use std::fs;
use std::io;
use std::path::Path;

use openidconnect::JsonWebKeyId;
use openidconnect::core::CoreRsaPrivateSigningKey;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256};

use crate::secrets::write_private;

const KEY_BITS: usize = 2048;

#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    #[error("reading or writing the key: {0}")]
    File(#[from] io::Error),
    #[error("it is not an RSA private key in PKCS#1 PEM: {0}")]
    Format(#[from] rsa::pkcs1::Error),
    #[error("making an RSA key: {0}")]
    Rsa(#[from] rsa::Error),
    #[error("the key cannot sign: {0}")]
    Unusable(String),
}

/// A private key and the id it is published under.
pub(super) struct ProviderKey {
    pub(super) kid: String,
    pub(super) signer: CoreRsaPrivateSigningKey,
}

impl ProviderKey {
    pub(super) fn generate() -> Result<Self, KeyError> {
        Self::from_pem(&new_pem()?)
    }

    /// The key kept in a file, which only its owner can read; made when it is missing.
    pub(super) fn load_or_generate(path: &Path) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(pem) => Self::from_pem(&pem),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let pem = new_pem()?;
                write_private(path, pem.as_bytes())?;
                Self::from_pem(&pem)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let key = RsaPrivateKey::from_pkcs1_pem(pem)?;
        // Made from the key, so that it stays the same after a restart.
        let kid = hex::encode(&Sha256::digest(key.n().to_bytes_be())[..8]);
        let id = JsonWebKeyId::new(kid.clone());
        let signer = CoreRsaPrivateSigningKey::from_pem(pem, Some(id)).map_err(KeyError::Unusable)?;
        Ok(Self { kid, signer })
    }
}

fn new_pem() -> Result<String, KeyError> {
    let key = RsaPrivateKey::new(&mut OsRng, KEY_BITS)?;
    Ok(key.to_pkcs1_pem(LineEnding::LF)?.to_string())
}
