//! Addresses that carry their permission.

use std::time::Duration;

use domain::object::ObjectStorage;
use reqwest::{Client, StatusCode, Url};

use crate::support::{Bench, assert_refused, bytes};

const HOUR: Duration = Duration::from_hours(1);
const WEEK: Duration = Duration::from_hours(7 * 24);

#[tokio::test]
async fn anybody_may_read_by_a_presigned_address() {
    let bench = Bench::start();
    let at = bench.private("signatures/a b.png");
    bench
        .storage
        .put(&at, bytes(b"signature"), "image/png")
        .await
        .unwrap();
    let address = bench.storage.presign_get(&at, HOUR).await.unwrap();
    assert_eq!(
        reqwest::get(&address).await.unwrap().text().await.unwrap(),
        "signature"
    );

    let bare = address.split('?').next().unwrap();
    let refused = reqwest::get(bare).await.unwrap().status();
    assert_eq!(refused, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_worker_may_write_with_any_content_type() {
    let bench = Bench::start();
    let at = bench.private("models/style-1/adapter_model.safetensors");
    let address = bench.storage.presign_put(&at, WEEK).await.unwrap();
    for content_type in [
        None,
        Some("application/octet-stream"),
        Some("x-foreign/type; a=b"),
    ] {
        let mut put = Client::new().put(&address).body("model");
        if let Some(content_type) = content_type {
            put = put.header("content-type", content_type);
        }
        let status = put.send().await.unwrap().status();
        assert_eq!(status, StatusCode::OK, "{content_type:?}");
    }
    assert_eq!(bench.storage.get(&at).await.unwrap(), "model");
}

#[tokio::test]
async fn only_the_host_is_signed_and_the_lifetime_is_the_one_asked_for() {
    let bench = Bench::start();
    let at = bench.public("generations/1.png");
    for address in [
        bench.storage.presign_get(&at, HOUR).await.unwrap(),
        bench.storage.presign_put(&at, HOUR).await.unwrap(),
    ] {
        let address = Url::parse(&address).unwrap();
        let query = |name: &str| {
            let mut pairs = address.query_pairs();
            pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
        };
        assert_eq!(query("X-Amz-SignedHeaders"), "host");
        assert_eq!(query("X-Amz-Expires"), "3600");
        assert!(address.as_str().starts_with(&bench.store.endpoint), "{address}");
    }
}

#[tokio::test]
async fn an_address_for_one_object_opens_no_other() {
    let bench = Bench::start();
    bench
        .storage
        .put(&bench.private("b"), bytes(b"other"), "text/plain")
        .await
        .unwrap();
    let address = bench
        .storage
        .presign_get(&bench.private("a"), HOUR)
        .await
        .unwrap();
    let other = address.replacen("/media-private/a?", "/media-private/b?", 1);
    assert_ne!(address, other);
    assert_eq!(reqwest::get(other).await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn lifetimes_that_s3_does_not_know_are_refused() {
    let bench = Bench::start();
    let at = bench.private("a");
    for lifetime in [
        Duration::ZERO,
        Duration::from_millis(999),
        WEEK + Duration::from_secs(1),
        Duration::MAX,
    ] {
        assert_refused(bench.storage.presign_get(&at, lifetime).await);
        assert_refused(bench.storage.presign_put(&at, lifetime).await);
    }
}
