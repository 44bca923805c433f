//! The RSA keys that ID tokens are signed with.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use openidconnect::core::{CoreJsonWebKey, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The size of a new key.
const KEY_BITS: usize = 2048;

/// Why there is no key.
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
    pem: SecretString,
    kid: String,
    signer: CoreRsaPrivateSigningKey,
}

impl ProviderKey {
    /// A new key.
    pub(super) fn generate() -> Result<Self, KeyError> {
        let key = RsaPrivateKey::new(&mut OsRng, KEY_BITS)?;
        let pem = SecretString::from(key.to_pkcs1_pem(LineEnding::LF)?.as_str());
        Self::from_pem(pem)
    }

    /// The key kept in a file, which only its owner can read; made when it is missing.
    pub(super) fn load_or_generate(path: &Path) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(pem) => Self::from_pem(SecretString::from(pem)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate()?;
                key.save(path)?;
                Ok(key)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn from_pem(pem: SecretString) -> Result<Self, KeyError> {
        let key = RsaPrivateKey::from_pkcs1_pem(pem.expose_secret())?;
        let kid = key_id(&key.to_public_key());
        let signer = signer(&pem, &kid)?;
        Ok(Self { pem, kid, signer })
    }

    /// Written beside and then renamed, so that a half-written key is never found.
    fn save(&self, path: &Path) -> Result<(), KeyError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let unfinished = path.with_extension("tmp");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(self.pem.expose_secret().as_bytes())?;
        file.sync_all()?;
        Ok(fs::rename(&unfinished, path)?)
    }

    /// The id of the key.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs under the key's own id.
    pub(super) fn signer(&self) -> &CoreRsaPrivateSigningKey {
        &self.signer
    }

    /// Signs under the id of another key.
    pub(super) fn signer_under(&self, kid: &str) -> Result<CoreRsaPrivateSigningKey, KeyError> {
        signer(&self.pem, kid)
    }

    /// What is published.
    pub(super) fn public(&self) -> CoreJsonWebKey {
        self.signer.as_verification_key()
    }
}

fn signer(pem: &SecretString, kid: &str) -> Result<CoreRsaPrivateSigningKey, KeyError> {
    let kid = JsonWebKeyId::new(kid.to_owned());
    CoreRsaPrivateSigningKey::from_pem(pem.expose_secret(), Some(kid)).map_err(KeyError::Unusable)
}

/// The same key has the same id after a restart.
fn key_id(key: &RsaPublicKey) -> String {
    let digest = Sha256::digest(key.n().to_bytes_be());
    hex::encode(&digest[..8])
}
