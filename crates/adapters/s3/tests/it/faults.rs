//! Retries, timeouts and final errors.

use std::time::Duration;

use domain::object::{ObjectError, ObjectStorage};
use stylelicense_s3::S3Storage;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::faulty_store::{Fault, FaultyStore};
use crate::support::{Fixture, assert_refused, assert_unavailable, bytes, file, patterned_file};

const ERROR: Fault = Fault::Respond(500, "InternalError");
const BUSY: Fault = Fault::Respond(503, "SlowDown");

/// The adapter connected to a store with these faults.
async fn with_faults(fixture: &Fixture, script: &[Fault], timeout: Duration) -> (FaultyStore, S3Storage) {
    let faulty = FaultyStore::start(fixture.store.address(), script).await;
    let mut settings = fixture.store.settings();
    settings.endpoint = Some(faulty.endpoint());
    settings.timeout = timeout;
    let storage = S3Storage::new(&settings).unwrap();
    (faulty, storage)
}

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn every_call_is_retried_twice() {
    let fixture = Fixture::start();
    let (at, copy) = (fixture.public("a"), fixture.private("b"));
    let (faulty, storage) = with_faults(&fixture, &[ERROR, BUSY], LONG).await;
    storage.put(&at, bytes(b"content"), "text/plain").await.unwrap();
    assert_eq!(faulty.requests().len(), 3);

    let (faulty, storage) = with_faults(&fixture, &[BUSY, ERROR], LONG).await;
    assert_eq!(storage.get(&at).await.unwrap(), "content");
    assert_eq!(faulty.requests().len(), 3);

    let (faulty, storage) = with_faults(&fixture, &[ERROR, Fault::CloseAfter(0)], LONG).await;
    assert_eq!(storage.head(&at).await.unwrap().unwrap().bytes, 7);
    assert_eq!(faulty.requests().len(), 3);

    let (faulty, storage) = with_faults(&fixture, &[ERROR, ERROR], LONG).await;
    storage.copy(&at, &copy).await.unwrap();
    assert_eq!(faulty.requests().len(), 3);

    let (faulty, storage) = with_faults(&fixture, &[Fault::CloseAfter(0), ERROR], LONG).await;
    storage.delete(&at).await.unwrap();
    assert_eq!(faulty.requests().len(), 3);

    let (_faulty, storage) = with_faults(&fixture, &[ERROR, ERROR], LONG).await;
    assert_eq!(storage.list("media-private", "").await.unwrap(), ["b"]);
}

#[tokio::test]
async fn a_call_fails_after_three_attempts() {
    let fixture = Fixture::start();
    let (faulty, storage) = with_faults(&fixture, &[ERROR, ERROR, BUSY, ERROR], LONG).await;
    let put = storage.put(&fixture.public("a"), bytes(b"x"), "text/plain").await;
    assert_eq!(assert_unavailable(put), "it answered 503 SlowDown");
    assert_eq!(faulty.requests().len(), 3);
}

#[tokio::test]
async fn a_retried_upload_starts_from_the_beginning() {
    let fixture = Fixture::start();
    let at = fixture.private("train-1-0.png");
    let (path, content) = patterned_file(3_000_000);
    let script = [Fault::CloseAfter(1_000_000), ERROR];
    let (faulty, storage) = with_faults(&fixture, &script, LONG).await;
    storage.put(&at, file(path.path()), "image/png").await.unwrap();

    let requests = faulty.requests();
    let received: Vec<_> = requests.iter().map(|request| request.body.len()).collect();
    assert_eq!(received, [1_000_000, 3_000_000, 3_000_000]);
    for request in &requests {
        assert!(
            content.starts_with(&request.body),
            "the upload did not start from the beginning"
        );
        assert_eq!(request.header("content-type"), Some("image/png"));
        assert_eq!(request.header("content-length"), Some("3000000"));
        assert_eq!(request.header("transfer-encoding"), None);
    }
    assert!(fixture.storage.get(&at).await.unwrap() == content);
}

#[tokio::test]
async fn a_refusal_is_not_retried() {
    let fixture = Fixture::start();
    let at = fixture.private("a");
    let denied = [Fault::Respond(403, "AccessDenied")];
    let (faulty, storage) = with_faults(&fixture, &denied, LONG).await;
    let reason = assert_refused(storage.put(&at, bytes(b"x"), "text/plain").await);
    assert_eq!(reason, "it answered 403 AccessDenied");
    assert_eq!(faulty.requests().len(), 1);

    let (faulty, storage) = with_faults(&fixture, &denied, LONG).await;
    assert_refused(storage.delete(&at).await);
    assert_eq!(faulty.requests().len(), 1);

    let (faulty, storage) = with_faults(&fixture, &denied, LONG).await;
    assert_refused(storage.head(&at).await);
    assert_eq!(faulty.requests().len(), 1);
}

#[tokio::test]
async fn a_missing_bucket_is_refused() {
    let fixture = Fixture::start();
    let at = fixture.private("a");
    let gone = [Fault::Respond(404, "NoSuchBucket")];
    let (_faulty, storage) = with_faults(&fixture, &gone, LONG).await;
    assert_refused(storage.get(&at).await);
    let (_faulty, storage) = with_faults(&fixture, &gone, LONG).await;
    assert_refused(storage.delete(&at).await);
    let (_faulty, storage) = with_faults(&fixture, &gone, LONG).await;
    assert_refused(storage.put(&at, bytes(b"x"), "text/plain").await);
}

#[tokio::test]
async fn a_copy_that_fails_with_status_200_is_retried() {
    let fixture = Fixture::start();
    let (from, to) = (fixture.public("a"), fixture.private("b"));
    fixture
        .storage
        .put(&from, bytes(b"x"), "text/plain")
        .await
        .unwrap();
    let (faulty, storage) = with_faults(&fixture, &[Fault::Respond(200, "InternalError")], LONG).await;
    storage.copy(&from, &to).await.unwrap();
    assert_eq!(faulty.requests().len(), 2);
    assert_eq!(fixture.storage.get(&to).await.unwrap(), "x");
}

#[tokio::test]
async fn a_store_that_never_responds_costs_one_timeout_per_call() {
    let fixture = Fixture::start();
    let timeout = Duration::from_millis(300);
    let script = [Fault::Hang; 8];
    let (faulty, storage) = with_faults(&fixture, &script, timeout).await;
    let at = fixture.private("a");
    let started = Instant::now();
    assert_unavailable(storage.put(&at, bytes(b"x"), "text/plain").await);
    assert_unavailable(storage.get(&at).await);
    assert_unavailable(storage.delete(&at).await);
    assert_unavailable(storage.head(&at).await);
    assert_unavailable(storage.list("media", "").await);
    assert_unavailable(storage.check().await);
    assert!(started.elapsed() >= timeout * 6, "the timeout was not used up");
    assert_eq!(faulty.requests().len(), 6);
}

#[tokio::test]
async fn a_refused_connection_is_unavailable() {
    let fixture = Fixture::start();
    let unused = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let mut settings = fixture.store.settings();
    settings.endpoint = Some(format!("http://{unused}"));
    let storage = S3Storage::new(&settings).unwrap();
    let reason = assert_unavailable(storage.get(&fixture.public("a")).await);
    assert!(reason.starts_with("it cannot be reached: "), "{reason}");
    assert_unavailable(storage.put(&fixture.public("a"), bytes(b"x"), "text/plain").await);
    assert_unavailable(storage.check().await);
}

#[tokio::test]
async fn a_check_is_one_request() {
    let fixture = Fixture::start();
    let (faulty, storage) = with_faults(&fixture, &[ERROR], LONG).await;
    assert_unavailable(storage.check().await);
    storage.check().await.unwrap();
    let requests = faulty.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].head.contains("max-keys=1"), "{}", requests[1].head);
}

#[tokio::test]
async fn a_missing_object_is_requested_once() {
    let fixture = Fixture::start();
    let (faulty, storage) = with_faults(&fixture, &[], LONG).await;
    let at = fixture.public("none");
    assert!(matches!(storage.get(&at).await, Err(ObjectError::NotFound)));
    assert_eq!(storage.head(&at).await.unwrap(), None);
    assert_eq!(faulty.requests().len(), 2);
}
