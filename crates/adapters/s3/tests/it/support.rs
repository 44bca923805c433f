//! Helpers for the tests.

use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use domain::ObjectAddress;
use domain::object::{ObjectBody, ObjectError};
use stylelicense_s3::S3Storage;
use tempfile::NamedTempFile;
use testkit::storage::TestStorage;

/// The local store and the adapter.
pub struct Fixture {
    pub store: TestStorage,
    pub storage: S3Storage,
}

impl Fixture {
    pub fn start() -> Self {
        let store = TestStorage::start().unwrap();
        let storage = store.storage().unwrap();
        Self { store, storage }
    }

    pub fn public(&self, key: &str) -> ObjectAddress {
        ObjectAddress::new(&self.store.public_bucket, key)
    }

    pub fn private(&self, key: &str) -> ObjectAddress {
        ObjectAddress::new(&self.store.private_bucket, key)
    }
}

pub fn bytes(content: &[u8]) -> ObjectBody {
    ObjectBody::Bytes(Bytes::copy_from_slice(content))
}

pub fn file(path: &Path) -> ObjectBody {
    ObjectBody::File(path.to_owned())
}

/// A file whose content does not repeat, so that a missing or swapped part is detected.
pub fn patterned_file(length: usize) -> (NamedTempFile, Vec<u8>) {
    let mixed = |at: usize| {
        let [low, middle, high, ..] = at.to_le_bytes();
        low ^ middle.rotate_left(3) ^ high.rotate_left(5)
    };
    let content: Vec<u8> = (0..length).map(mixed).collect();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&content).unwrap();
    (file, content)
}

pub fn assert_refused<T>(result: Result<T, ObjectError>) -> String {
    match result {
        Err(ObjectError::Refused(reason)) => reason,
        Err(other) => panic!("expected a refusal, got: {other}"),
        Ok(_) => panic!("expected a refusal, got a success"),
    }
}

pub fn assert_unavailable<T>(result: Result<T, ObjectError>) -> String {
    match result {
        Err(ObjectError::Unavailable(reason)) => reason,
        Err(other) => panic!("expected unavailable, got: {other}"),
        Ok(_) => panic!("expected unavailable, got a success"),
    }
}
