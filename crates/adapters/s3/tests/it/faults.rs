//! What happens when the store fails for a while, or for good.

use std::time::Duration;

use domain::object::{ObjectError, ObjectStorage};
use stylelicense_s3::S3Storage;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::faulty_store::{Fault, FaultyStore};
use crate::support::{Bench, assert_refused, assert_unavailable, bytes, file, patterned_file};

const ERROR: Fault = Fault::Answer(500, "InternalError");
const BUSY: Fault = Fault::Answer(503, "SlowDown");

/// The adapter behind a store that fails by `script`.
async fn behind(bench: &Bench, script: &[Fault], timeout: Duration) -> (FaultyStore, S3Storage) {
    let faulty = FaultyStore::start(bench.store.address(), script).await;
    let mut settings = bench.store.settings();
    settings.endpoint = Some(faulty.endpoint());
    settings.timeout = timeout;
    let storage = S3Storage::new(&settings).unwrap();
    (faulty, storage)
}

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn every_call_survives_two_failures() {
    let bench = Bench::start();
    let (at, copy) = (bench.public("a"), bench.private("b"));
    let (faulty, storage) = behind(&bench, &[ERROR, BUSY], LONG).await;
    storage.put(&at, bytes(b"content"), "text/plain").await.unwrap();
    assert_eq!(faulty.seen().len(), 3);

    let (faulty, storage) = behind(&bench, &[BUSY, ERROR], LONG).await;
    assert_eq!(storage.get(&at).await.unwrap(), "content");
    assert_eq!(faulty.seen().len(), 3);

    let (faulty, storage) = behind(&bench, &[ERROR, Fault::CutAfter(0)], LONG).await;
    assert_eq!(storage.head(&at).await.unwrap().unwrap().bytes, 7);
    assert_eq!(faulty.seen().len(), 3);

    let (faulty, storage) = behind(&bench, &[ERROR, ERROR], LONG).await;
    storage.copy(&at, &copy).await.unwrap();
    assert_eq!(faulty.seen().len(), 3);

    let (faulty, storage) = behind(&bench, &[Fault::CutAfter(0), ERROR], LONG).await;
    storage.delete(&at).await.unwrap();
    assert_eq!(faulty.seen().len(), 3);

    let (_faulty, storage) = behind(&bench, &[ERROR, ERROR], LONG).await;
    assert_eq!(storage.list("media-private", "").await.unwrap(), ["b"]);
}

#[tokio::test]
async fn a_third_failure_is_the_last() {
    let bench = Bench::start();
    let (faulty, storage) = behind(&bench, &[ERROR, ERROR, BUSY, ERROR], LONG).await;
    let put = storage.put(&bench.public("a"), bytes(b"x"), "text/plain").await;
    assert_eq!(assert_unavailable(put), "it answered 503 SlowDown");
    assert_eq!(faulty.seen().len(), 3);
}

#[tokio::test]
async fn a_file_is_sent_again_from_its_start() {
    let bench = Bench::start();
    let at = bench.private("train-1-0.png");
    let (path, content) = patterned_file(3_000_000);
    let script = [Fault::CutAfter(1_000_000), ERROR];
    let (faulty, storage) = behind(&bench, &script, LONG).await;
    storage.put(&at, file(path.path()), "image/png").await.unwrap();

    let seen = faulty.seen();
    let received: Vec<_> = seen.iter().map(|request| request.body.len()).collect();
    assert_eq!(received, [1_000_000, 3_000_000, 3_000_000]);
    for request in &seen {
        assert!(content.starts_with(&request.body), "not from the start");
        assert_eq!(request.header("content-type"), Some("image/png"));
        assert_eq!(request.header("content-length"), Some("3000000"));
        assert_eq!(request.header("transfer-encoding"), None);
    }
    assert!(bench.storage.get(&at).await.unwrap() == content);
}

#[tokio::test]
async fn a_refusal_is_final_at_once() {
    let bench = Bench::start();
    let at = bench.private("a");
    let denied = [Fault::Answer(403, "AccessDenied")];
    let (faulty, storage) = behind(&bench, &denied, LONG).await;
    let reason = assert_refused(storage.put(&at, bytes(b"x"), "text/plain").await);
    assert_eq!(reason, "it answered 403 AccessDenied");
    assert_eq!(faulty.seen().len(), 1);

    let (faulty, storage) = behind(&bench, &denied, LONG).await;
    assert_refused(storage.delete(&at).await);
    assert_eq!(faulty.seen().len(), 1);

    let (faulty, storage) = behind(&bench, &denied, LONG).await;
    assert_refused(storage.head(&at).await);
    assert_eq!(faulty.seen().len(), 1);
}

#[tokio::test]
async fn a_missing_bucket_is_no_missing_object() {
    let bench = Bench::start();
    let at = bench.private("a");
    let gone = [Fault::Answer(404, "NoSuchBucket")];
    let (_faulty, storage) = behind(&bench, &gone, LONG).await;
    assert_refused(storage.get(&at).await);
    let (_faulty, storage) = behind(&bench, &gone, LONG).await;
    assert_refused(storage.delete(&at).await);
    let (_faulty, storage) = behind(&bench, &gone, LONG).await;
    assert_refused(storage.put(&at, bytes(b"x"), "text/plain").await);
}

#[tokio::test]
async fn a_copy_that_fails_after_its_200_is_repeated() {
    let bench = Bench::start();
    let (from, to) = (bench.public("a"), bench.private("b"));
    bench.storage.put(&from, bytes(b"x"), "text/plain").await.unwrap();
    let (faulty, storage) = behind(&bench, &[Fault::Answer(200, "InternalError")], LONG).await;
    storage.copy(&from, &to).await.unwrap();
    assert_eq!(faulty.seen().len(), 2);
    assert_eq!(bench.storage.get(&to).await.unwrap(), "x");
}

#[tokio::test]
async fn a_store_that_never_answers_costs_one_timeout() {
    let bench = Bench::start();
    let timeout = Duration::from_millis(300);
    let script = [Fault::Hang; 8];
    let (faulty, storage) = behind(&bench, &script, timeout).await;
    let at = bench.private("a");
    let began = Instant::now();
    assert_unavailable(storage.put(&at, bytes(b"x"), "text/plain").await);
    assert_unavailable(storage.get(&at).await);
    assert_unavailable(storage.delete(&at).await);
    assert_unavailable(storage.head(&at).await);
    assert_unavailable(storage.list("media", "").await);
    assert_unavailable(storage.check().await);
    assert!(began.elapsed() >= timeout * 6, "they did not wait");
    assert_eq!(faulty.seen().len(), 6);
}

#[tokio::test]
async fn a_store_that_is_not_there_is_unavailable() {
    let bench = Bench::start();
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let mut settings = bench.store.settings();
    settings.endpoint = Some(format!("http://{nobody}"));
    let storage = S3Storage::new(&settings).unwrap();
    let reason = assert_unavailable(storage.get(&bench.public("a")).await);
    assert!(reason.starts_with("it cannot be reached: "), "{reason}");
    assert_unavailable(storage.put(&bench.public("a"), bytes(b"x"), "text/plain").await);
    assert_unavailable(storage.check().await);
}

#[tokio::test]
async fn a_check_is_one_request() {
    let bench = Bench::start();
    let (faulty, storage) = behind(&bench, &[ERROR], LONG).await;
    assert_unavailable(storage.check().await);
    storage.check().await.unwrap();
    let seen = faulty.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[1].head.contains("max-keys=1"), "{}", seen[1].head);
}

#[tokio::test]
async fn a_missing_object_is_asked_for_once() {
    let bench = Bench::start();
    let (faulty, storage) = behind(&bench, &[], LONG).await;
    let at = bench.public("none");
    assert!(matches!(storage.get(&at).await, Err(ObjectError::NotFound)));
    assert_eq!(storage.head(&at).await.unwrap(), None);
    assert_eq!(faulty.seen().len(), 2);
}
