//! Outages of the object store during an upload.

use std::time::Duration;

use testkit::{images, proxy::FaultyProxy, storage::TestStorage};

use super::form::{StyleForm, artist};
use crate::support::{NO_BROKER, Platform, TIMEOUT, snapshot::objects_of};

/// A platform whose object store is behind a proxy.
pub async fn with_storage_proxy() -> (Platform, TestStorage, FaultyProxy) {
    let storage = TestStorage::start().unwrap();
    let proxy = FaultyProxy::start(storage.address().to_string()).await.unwrap();
    let endpoint = format!("http://localhost:{}", proxy.addr().port());
    let platform = Platform::with(&[
        ("AMQP_URL", NO_BROKER),
        ("AWS_S3_ENDPOINT_URL", &endpoint),
        ("AWS_S3_REGION_NAME", &storage.region),
        ("AWS_ACCESS_KEY_ID", &storage.access_key),
        ("AWS_SECRET_ACCESS_KEY", &storage.secret_key),
        ("AWS_STORAGE_BUCKET_NAME", &storage.public_bucket),
        ("AWS_PRIVATE_BUCKET_NAME", &storage.private_bucket),
    ])
    .await;
    (platform, storage, proxy)
}

async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + TIMEOUT;
    while !done().await {
        assert!(tokio::time::Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_failure_during_an_upload_is_503_and_the_retention_job_cleans_up() {
    let (mut platform, storage, proxy) = with_storage_proxy().await;
    let artist = artist(&platform).await;
    let before = objects_of(&storage);
    // Large images, so that storing them takes time.
    let mut form = StyleForm::valid().pictures(60);
    let heavy = images::large_png(2 * 1024 * 1024);
    for index in 0..60 {
        form = form.file(index, heavy.clone(), "heavy.png");
    }
    let upload = tokio::spawn({
        let (artist, form) = (artist.clone(), form.clone());
        async move { form.send(&artist).await }
    });
    until("the first originals are stored", async || {
        objects_of(&storage).len() > before.len() + 2
    })
    .await;
    proxy.cut();
    let answer = upload.await.unwrap();
    answer.error(503, "SERVICE_UNAVAILABLE");
    assert_eq!(answer.header("Retry-After"), "1");
    assert!(
        objects_of(&storage).len() > before.len(),
        "they are not swept yet"
    );
    for table in [
        "style_models",
        "training_datasets",
        "training_images",
        "outbox_messages",
    ] {
        assert_eq!(platform.count_rows(table).await, 0, "{table}");
    }
    assert_eq!(
        platform.count_rows("uploads").await,
        1,
        "the row by which the retention job finds the objects"
    );
    // Routes that do not need the store work.
    artist.get("/api/styles/me").await.data(200);

    proxy.restore();
    platform
        .execute("UPDATE uploads SET created_at = created_at - interval '2 hours'")
        .await;
    // The job runs at the start of a server and every few minutes.
    platform.kill().await;
    platform.restart().await;
    until("the retention job has deleted the row", async || {
        platform.count_rows("uploads").await == 0
    })
    .await;
    assert_eq!(objects_of(&storage), before);
    StyleForm::valid().send(&artist).await.data(201);
}

#[tokio::test]
async fn an_unavailable_store_is_503_and_nothing_is_stored() {
    let (platform, storage, proxy) = with_storage_proxy().await;
    let artist = artist(&platform).await;
    let before = objects_of(&storage);
    proxy.cut();
    StyleForm::valid()
        .send(&artist)
        .await
        .error(503, "SERVICE_UNAVAILABLE");
    // Invalid uploads are still refused with their own code.
    StyleForm::valid()
        .pictures(9)
        .send(&artist)
        .await
        .error(422, "INSUFFICIENT_IMAGES");
    platform.assert_rows("style_models", 0).await;
    proxy.restore();
    assert_eq!(objects_of(&storage), before);
    StyleForm::valid().send(&artist).await.data(201);
}
