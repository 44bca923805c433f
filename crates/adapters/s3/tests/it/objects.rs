//! Put, get, copy, list and delete.

use std::collections::BTreeSet;

use domain::object::{ObjectError, ObjectStorage};
use stylelicense_s3::S3Storage;

use crate::faulty_store::FaultyStore;
use crate::support::{Fixture, bytes, file, patterned_file};

#[tokio::test]
async fn an_object_is_stored_replaced_and_deleted() {
    let fixture = Fixture::start();
    let at = fixture.private("signatures/one two+3.png");
    fixture
        .storage
        .put(&at, bytes(b"first"), "image/png")
        .await
        .unwrap();
    fixture
        .storage
        .put(&at, bytes(b"second one"), "image/png")
        .await
        .unwrap();
    assert_eq!(fixture.storage.get(&at).await.unwrap(), "second one");

    let info = fixture.storage.head(&at).await.unwrap().unwrap();
    assert_eq!(info.bytes, 10);
    let path = fixture.store.bucket_folder("media-private").join(&at.key);
    let written = path.metadata().unwrap().modified().unwrap();
    let written = chrono::DateTime::<chrono::Utc>::from(written);
    assert_eq!(info.modified_at.timestamp(), written.timestamp());

    fixture.storage.delete(&at).await.unwrap();
    assert!(matches!(
        fixture.storage.get(&at).await,
        Err(ObjectError::NotFound)
    ));
}

#[tokio::test]
async fn a_missing_object_has_no_info_and_deleting_it_succeeds() {
    let fixture = Fixture::start();
    let missing = fixture.public("thumbnails/none.jpg");
    assert_eq!(fixture.storage.head(&missing).await.unwrap(), None);
    fixture.storage.delete(&missing).await.unwrap();
    assert!(matches!(
        fixture.storage.get(&missing).await,
        Err(ObjectError::NotFound)
    ));
    let copied = fixture.storage.copy(&missing, &fixture.private("copy")).await;
    assert!(matches!(copied, Err(ObjectError::NotFound)));
}

#[tokio::test]
async fn a_large_file_is_stored_completely() {
    let fixture = Fixture::start();
    let at = fixture.private("train-1-0.png");
    let (path, content) = patterned_file(20 * 1024 * 1024 + 7);
    fixture
        .storage
        .put(&at, file(path.path()), "image/png")
        .await
        .unwrap();
    let info = fixture.storage.head(&at).await.unwrap().unwrap();
    assert_eq!(info.bytes, content.len() as u64);
    assert!(
        fixture.storage.get(&at).await.unwrap() == content,
        "the content differs"
    );
}

#[tokio::test]
async fn an_empty_file_can_be_stored() {
    let fixture = Fixture::start();
    let at = fixture.public("empty");
    let (path, _) = patterned_file(0);
    fixture
        .storage
        .put(&at, file(path.path()), "text/plain")
        .await
        .unwrap();
    assert_eq!(fixture.storage.head(&at).await.unwrap().unwrap().bytes, 0);
}

#[tokio::test]
async fn an_object_is_served_with_its_content_type() {
    let fixture = Fixture::start();
    let at = fixture.public("profile/1");
    fixture
        .storage
        .put(&at, bytes(b"text"), "image/webp")
        .await
        .unwrap();
    let served = reqwest::get(format!("{}/media/profile/1", fixture.store.endpoint))
        .await
        .unwrap();
    assert_eq!(served.headers()["content-type"], "image/webp");
    assert_eq!(served.text().await.unwrap(), "text");
}

#[tokio::test]
async fn objects_are_copied_between_the_buckets() {
    let fixture = Fixture::start();
    let (from, to) = (
        fixture.public("results/a b+c.png"),
        fixture.private("kept/한글.png"),
    );
    fixture
        .storage
        .put(&from, bytes(b"picture"), "image/png")
        .await
        .unwrap();
    fixture.storage.copy(&from, &to).await.unwrap();
    assert_eq!(fixture.storage.get(&to).await.unwrap(), "picture");
    let back = fixture.public("results/back.png");
    fixture.storage.copy(&to, &back).await.unwrap();
    assert_eq!(fixture.storage.get(&back).await.unwrap(), "picture");
    assert_eq!(fixture.storage.get(&from).await.unwrap(), "picture");
}

#[tokio::test]
async fn a_list_contains_all_pages_and_only_the_prefix() {
    let fixture = Fixture::start();
    // Written directly to disk: more keys than fit in one page.
    let folder = fixture.store.bucket_folder("media-private");
    let keys: BTreeSet<String> = (0..2150).map(|n| format!("train-7-{n}.png")).collect();
    for key in &keys {
        std::fs::write(folder.join(key), b"x").unwrap();
    }
    std::fs::write(folder.join("train-8-0.png"), b"x").unwrap();

    let counter = FaultyStore::start(fixture.store.address(), &[]).await;
    let mut settings = fixture.store.settings();
    settings.endpoint = Some(counter.endpoint());
    let storage = S3Storage::new(&settings).unwrap();
    let listed = storage.list("media-private", "train-7-").await.unwrap();
    assert_eq!(counter.requests().len(), 3);
    assert_eq!(listed.len(), keys.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), keys);
    assert!(
        fixture
            .storage
            .list("media-private", "none")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(fixture.storage.list("media", "").await.unwrap().is_empty());
}

#[tokio::test]
async fn the_check_passes_and_creating_existing_buckets_succeeds() {
    let fixture = Fixture::start();
    fixture.storage.check().await.unwrap();
    fixture.storage.ensure_buckets().await.unwrap();
    fixture.storage.ensure_buckets().await.unwrap();
}
