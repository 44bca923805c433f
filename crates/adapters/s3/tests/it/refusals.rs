//! Calls that are refused before a request is sent, and errors without secrets.

use std::path::Path;
use std::time::Duration;

use domain::ObjectAddress;
use domain::object::ObjectStorage;
use stylelicense_s3::S3Storage;

use crate::faulty_store::FaultyStore;
use crate::support::{Fixture, assert_refused, bytes, file};

#[tokio::test]
async fn no_request_is_sent_for_unknown_buckets_or_invalid_keys() {
    let fixture = Fixture::start();
    let recorder = FaultyStore::start(fixture.store.address(), &[]).await;
    let mut settings = fixture.store.settings();
    settings.endpoint = Some(recorder.endpoint());
    let storage = S3Storage::new(&settings).unwrap();
    let valid = fixture.private("a");
    let invalid = [
        ObjectAddress::new("another", "a"),
        ObjectAddress::new("", "a"),
        fixture.public(""),
        fixture.public("../media-private/a"),
        fixture.public("/a"),
    ];
    for at in &invalid {
        assert_refused(storage.put(at, bytes(b"x"), "text/plain").await);
        assert_refused(storage.get(at).await);
        assert_refused(storage.delete(at).await);
        assert_refused(storage.head(at).await);
        assert_refused(storage.copy(at, &valid).await);
        assert_refused(storage.copy(&valid, at).await);
        assert_refused(storage.presign_get(at, Duration::from_mins(1)).await);
        assert_refused(storage.presign_put(at, Duration::from_mins(1)).await);
    }
    assert_refused(storage.list("another", "").await);
    assert!(recorder.requests().is_empty());
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused() {
    let fixture = Fixture::start();
    for path in [Path::new("/nowhere/at/all"), Path::new("/")] {
        let put = fixture
            .storage
            .put(&fixture.private("a"), file(path), "image/png")
            .await;
        assert_refused(put);
    }
    let put = fixture
        .storage
        .put(&fixture.private("a"), bytes(b"x"), "bad\r\ntype")
        .await;
    assert_refused(put);
}

#[tokio::test]
async fn errors_and_debug_output_contain_no_secrets() {
    let fixture = Fixture::start();
    let mut settings = fixture.store.settings();
    settings.secret_key = Some("the-wrong-secret".into());
    let storage = S3Storage::new(&settings).unwrap();
    let at = fixture.private("a");
    let texts = [
        assert_refused(storage.put(&at, bytes(b"x"), "text/plain").await),
        assert_refused(storage.get(&at).await),
        format!("{settings:?} {storage:?}"),
        format!("{:?} {:?}", fixture.store.settings(), fixture.storage),
    ];
    let (id, secret) = (&fixture.store.access_key, &fixture.store.secret_key);
    for text in texts {
        for hidden in ["X-Amz", "Signature=", "the-wrong-secret", id, secret] {
            assert!(!text.contains(hidden), "{hidden} is in {text}");
        }
    }

    settings.endpoint = Some("http://127.0.0.1:1".to_owned());
    let unreachable = S3Storage::new(&settings).unwrap();
    let error = unreachable
        .put(&at, bytes(b"x"), "text/plain")
        .await
        .unwrap_err()
        .to_string();
    assert!(!error.contains("X-Amz"), "{error}");
}
