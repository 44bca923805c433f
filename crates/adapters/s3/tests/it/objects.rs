//! What the store keeps and gives back.

use std::collections::BTreeSet;

use domain::object::{ObjectError, ObjectStorage};
use stylelicense_s3::S3Storage;

use crate::faulty_store::FaultyStore;
use crate::support::{Bench, bytes, file, patterned_file};

#[tokio::test]
async fn an_object_is_kept_replaced_and_removed() {
    let bench = Bench::start();
    let at = bench.private("signatures/one two+3.png");
    bench
        .storage
        .put(&at, bytes(b"first"), "image/png")
        .await
        .unwrap();
    bench
        .storage
        .put(&at, bytes(b"second one"), "image/png")
        .await
        .unwrap();
    assert_eq!(bench.storage.get(&at).await.unwrap(), "second one");

    let info = bench.storage.head(&at).await.unwrap().unwrap();
    assert_eq!(info.bytes, 10);
    let path = bench.store.folder_of("media-private").join(&at.key);
    let written = path.metadata().unwrap().modified().unwrap();
    let written = chrono::DateTime::<chrono::Utc>::from(written);
    assert_eq!(info.modified_at.timestamp(), written.timestamp());

    bench.storage.delete(&at).await.unwrap();
    assert!(matches!(bench.storage.get(&at).await, Err(ObjectError::NotFound)));
}

#[tokio::test]
async fn a_missing_object_has_no_head_and_counts_as_deleted() {
    let bench = Bench::start();
    let nowhere = bench.public("thumbnails/none.jpg");
    assert_eq!(bench.storage.head(&nowhere).await.unwrap(), None);
    bench.storage.delete(&nowhere).await.unwrap();
    assert!(matches!(
        bench.storage.get(&nowhere).await,
        Err(ObjectError::NotFound)
    ));
    let copied = bench.storage.copy(&nowhere, &bench.private("copy")).await;
    assert!(matches!(copied, Err(ObjectError::NotFound)));
}

#[tokio::test]
async fn a_large_file_arrives_whole() {
    let bench = Bench::start();
    let at = bench.private("train-1-0.png");
    let (path, content) = patterned_file(20 * 1024 * 1024 + 7);
    bench
        .storage
        .put(&at, file(path.path()), "image/png")
        .await
        .unwrap();
    let info = bench.storage.head(&at).await.unwrap().unwrap();
    assert_eq!(info.bytes, content.len() as u64);
    assert!(
        bench.storage.get(&at).await.unwrap() == content,
        "the content differs"
    );
}

#[tokio::test]
async fn an_empty_file_is_an_object_too() {
    let bench = Bench::start();
    let at = bench.public("empty");
    let (path, _) = patterned_file(0);
    bench
        .storage
        .put(&at, file(path.path()), "text/plain")
        .await
        .unwrap();
    assert_eq!(bench.storage.head(&at).await.unwrap().unwrap().bytes, 0);
}

#[tokio::test]
async fn the_content_type_of_a_put_is_served() {
    let bench = Bench::start();
    let at = bench.public("profile/1");
    bench
        .storage
        .put(&at, bytes(b"text"), "image/webp")
        .await
        .unwrap();
    let served = reqwest::get(format!("{}/media/profile/1", bench.store.endpoint))
        .await
        .unwrap();
    assert_eq!(served.headers()["content-type"], "image/webp");
    assert_eq!(served.text().await.unwrap(), "text");
}

#[tokio::test]
async fn objects_are_copied_between_the_buckets() {
    let bench = Bench::start();
    let (from, to) = (bench.public("results/a b+c.png"), bench.private("kept/한글.png"));
    bench
        .storage
        .put(&from, bytes(b"picture"), "image/png")
        .await
        .unwrap();
    bench.storage.copy(&from, &to).await.unwrap();
    assert_eq!(bench.storage.get(&to).await.unwrap(), "picture");
    let back = bench.public("results/back.png");
    bench.storage.copy(&to, &back).await.unwrap();
    assert_eq!(bench.storage.get(&back).await.unwrap(), "picture");
    assert_eq!(bench.storage.get(&from).await.unwrap(), "picture");
}

#[tokio::test]
async fn a_list_has_every_page_and_nothing_but_its_prefix() {
    let bench = Bench::start();
    // Written beside the store's back: more keys than one answer may hold.
    let folder = bench.store.folder_of("media-private");
    let keys: BTreeSet<String> = (0..2150).map(|n| format!("train-7-{n}.png")).collect();
    for key in &keys {
        std::fs::write(folder.join(key), b"x").unwrap();
    }
    std::fs::write(folder.join("train-8-0.png"), b"x").unwrap();

    let counting = FaultyStore::start(bench.store.address(), &[]).await;
    let mut settings = bench.store.settings();
    settings.endpoint = Some(counting.endpoint());
    let storage = S3Storage::new(&settings).unwrap();
    let listed = storage.list("media-private", "train-7-").await.unwrap();
    assert_eq!(counting.seen().len(), 3);
    assert_eq!(listed.len(), keys.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), keys);
    assert!(
        bench
            .storage
            .list("media-private", "none")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(bench.storage.list("media", "").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_store_that_answers_passes_the_check_and_has_its_buckets() {
    let bench = Bench::start();
    bench.storage.check().await.unwrap();
    bench.storage.ensure_buckets().await.unwrap();
    bench.storage.ensure_buckets().await.unwrap();
}
