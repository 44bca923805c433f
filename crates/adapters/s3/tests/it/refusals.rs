//! What is refused before anything is sent, and what refusals give away.

use std::path::Path;
use std::time::Duration;

use domain::ObjectAddress;
use domain::object::ObjectStorage;
use stylelicense_s3::S3Storage;

use crate::faulty_store::FaultyStore;
use crate::support::{Bench, assert_refused, bytes, file};

#[tokio::test]
async fn foreign_buckets_and_keys_that_reach_elsewhere_are_never_asked_for() {
    let bench = Bench::start();
    let listening = FaultyStore::start(bench.store.address(), &[]).await;
    let mut settings = bench.store.settings();
    settings.endpoint = Some(listening.endpoint());
    let storage = S3Storage::new(&settings).unwrap();
    let ours = bench.private("a");
    let foreign = [
        ObjectAddress::new("another", "a"),
        ObjectAddress::new("", "a"),
        bench.public(""),
        bench.public("../media-private/a"),
        bench.public("/a"),
    ];
    for at in &foreign {
        assert_refused(storage.put(at, bytes(b"x"), "text/plain").await);
        assert_refused(storage.get(at).await);
        assert_refused(storage.delete(at).await);
        assert_refused(storage.head(at).await);
        assert_refused(storage.copy(at, &ours).await);
        assert_refused(storage.copy(&ours, at).await);
        assert_refused(storage.presign_get(at, Duration::from_mins(1)).await);
        assert_refused(storage.presign_put(at, Duration::from_mins(1)).await);
    }
    assert_refused(storage.list("another", "").await);
    assert!(listening.seen().is_empty());
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused() {
    let bench = Bench::start();
    for path in [Path::new("/nowhere/at/all"), Path::new("/")] {
        let put = bench
            .storage
            .put(&bench.private("a"), file(path), "image/png")
            .await;
        assert_refused(put);
    }
    let put = bench
        .storage
        .put(&bench.private("a"), bytes(b"x"), "bad\r\ntype")
        .await;
    assert_refused(put);
}

#[tokio::test]
async fn neither_errors_nor_debug_output_hold_secrets() {
    let bench = Bench::start();
    let mut settings = bench.store.settings();
    settings.secret_key = Some("the-wrong-secret".into());
    let storage = S3Storage::new(&settings).unwrap();
    let at = bench.private("a");
    let refused = [
        assert_refused(storage.put(&at, bytes(b"x"), "text/plain").await),
        assert_refused(storage.get(&at).await),
        format!("{settings:?} {storage:?}"),
        format!("{:?} {:?}", bench.store.settings(), bench.storage),
    ];
    let (id, secret) = (&bench.store.access_key, &bench.store.secret_key);
    for text in refused {
        for hidden in ["X-Amz", "Signature=", "the-wrong-secret", id, secret] {
            assert!(!text.contains(hidden), "{hidden} is in {text}");
        }
    }

    settings.endpoint = Some("http://127.0.0.1:1".to_owned());
    let nowhere = S3Storage::new(&settings).unwrap();
    let error = nowhere
        .put(&at, bytes(b"x"), "text/plain")
        .await
        .unwrap_err()
        .to_string();
    assert!(!error.contains("X-Amz"), "{error}");
}
