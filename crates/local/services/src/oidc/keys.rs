//! The RSA keys that sign ID tokens.

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

use crate::StartError;
use crate::secrets::write_private;

const KEY_BITS: usize = 2048;

pub(super) struct ProviderKey {
    pub(super) kid: String,
    pub(super) signer: CoreRsaPrivateSigningKey,
}

impl ProviderKey {
    pub(super) fn generate() -> Result<Self, StartError> {
        Self::from_pem(&new_pem()?)
    }

    /// Loads the key from a file that only its owner can read, or creates the file.
    pub(super) fn load_or_generate(path: &Path) -> Result<Self, StartError> {
        match fs::read_to_string(path) {
            Ok(pem) => Self::from_pem(&pem),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let pem = new_pem()?;
                write_private(path, pem.as_bytes()).map_err(StartError::signing_key)?;
                Self::from_pem(&pem)
            }
            Err(error) => Err(StartError::signing_key(error)),
        }
    }

    fn from_pem(pem: &str) -> Result<Self, StartError> {
        let key = RsaPrivateKey::from_pkcs1_pem(pem).map_err(StartError::signing_key)?;
        // Derived from the key, so that it stays the same after a restart.
        let kid = hex::encode(&Sha256::digest(key.n().to_bytes_be())[..8]);
        let id = JsonWebKeyId::new(kid.clone());
        let signer = CoreRsaPrivateSigningKey::from_pem(pem, Some(id)).map_err(StartError::signing_key)?;
        Ok(Self { kid, signer })
    }
}

fn new_pem() -> Result<String, StartError> {
    let key = RsaPrivateKey::new(&mut OsRng, KEY_BITS).map_err(StartError::signing_key)?;
    let pem = key
        .to_pkcs1_pem(LineEnding::LF)
        .map_err(StartError::signing_key)?;
    Ok(pem.to_string())
}
