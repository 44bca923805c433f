//! Presigned URLs.

use std::time::Duration;

use domain::object::ObjectStorage;
use reqwest::{Client, StatusCode, Url};

use crate::support::{Fixture, assert_refused, bytes};

const HOUR: Duration = Duration::from_hours(1);
const WEEK: Duration = Duration::from_hours(7 * 24);

#[tokio::test]
async fn a_presigned_get_url_works_without_credentials() {
    let fixture = Fixture::start();
    let at = fixture.private("signatures/a b.png");
    fixture
        .storage
        .put(&at, bytes(b"signature"), "image/png")
        .await
        .unwrap();
    let url = fixture.storage.presign_get(&at, HOUR).await.unwrap();
    assert_eq!(
        reqwest::get(&url).await.unwrap().text().await.unwrap(),
        "signature"
    );

    let unsigned = url.split('?').next().unwrap();
    let refused = reqwest::get(unsigned).await.unwrap().status();
    assert_eq!(refused, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_presigned_put_url_accepts_any_content_type() {
    let fixture = Fixture::start();
    let at = fixture.private("models/style-1/adapter_model.safetensors");
    let url = fixture.storage.presign_put(&at, WEEK).await.unwrap();
    for content_type in [
        None,
        Some("application/octet-stream"),
        Some("x-foreign/type; a=b"),
    ] {
        let mut put = Client::new().put(&url).body("model");
        if let Some(content_type) = content_type {
            put = put.header("content-type", content_type);
        }
        let status = put.send().await.unwrap().status();
        assert_eq!(status, StatusCode::OK, "{content_type:?}");
    }
    assert_eq!(fixture.storage.get(&at).await.unwrap(), "model");
}

#[tokio::test]
async fn only_the_host_is_signed_and_the_lifetime_is_as_requested() {
    let fixture = Fixture::start();
    let at = fixture.public("generations/1.png");
    for url in [
        fixture.storage.presign_get(&at, HOUR).await.unwrap(),
        fixture.storage.presign_put(&at, HOUR).await.unwrap(),
    ] {
        let url = Url::parse(&url).unwrap();
        let query = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
        };
        assert_eq!(query("X-Amz-SignedHeaders"), "host");
        assert_eq!(query("X-Amz-Expires"), "3600");
        assert!(url.as_str().starts_with(&fixture.store.endpoint), "{url}");
    }
}

#[tokio::test]
async fn a_presigned_url_is_valid_for_one_object_only() {
    let fixture = Fixture::start();
    fixture
        .storage
        .put(&fixture.private("b"), bytes(b"other"), "text/plain")
        .await
        .unwrap();
    let url = fixture
        .storage
        .presign_get(&fixture.private("a"), HOUR)
        .await
        .unwrap();
    let other = url.replacen("/media-private/a?", "/media-private/b?", 1);
    assert_ne!(url, other);
    assert_eq!(reqwest::get(other).await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn lifetimes_outside_the_limits_of_s3_are_refused() {
    let fixture = Fixture::start();
    let at = fixture.private("a");
    for lifetime in [
        Duration::ZERO,
        Duration::from_millis(999),
        WEEK + Duration::from_secs(1),
        Duration::MAX,
    ] {
        assert_refused(fixture.storage.presign_get(&at, lifetime).await);
        assert_refused(fixture.storage.presign_put(&at, lifetime).await);
    }
}
