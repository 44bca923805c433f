//! Objects and buckets.

use std::fs;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS};
use s3::Bucket;
use s3::serde_types::ObjectIdentifier;
use stylelicense_local_services::StartError;
use stylelicense_local_services::s3::{LocalS3, LocalS3Options};

use super::storage::{PRIVATE, PUBLIC, Storage, options, status_of};

#[tokio::test]
async fn objects_can_be_put_read_listed_copied_and_deleted() {
    let storage = Storage::start();
    for name in [PUBLIC, PRIVATE] {
        let bucket = storage.bucket(name);
        let put = bucket.put_object_with_content_type("a/one.jpg", b"one", "image/jpeg");
        assert_eq!(put.await.unwrap().status_code(), 200);
        bucket.put_object("b/two.bin", b"two").await.unwrap();

        let read = bucket.get_object("a/one.jpg").await.unwrap();
        assert_eq!(read.as_slice(), b"one");
        assert_eq!(read.headers()["content-type"], "image/jpeg");

        let (head, _) = bucket.head_object("a/one.jpg").await.unwrap();
        assert_eq!(head.content_length, Some(3));
        assert_eq!(head.content_type.as_deref(), Some("image/jpeg"));
        assert!(head.e_tag.is_some());

        bucket
            .copy_object_internal("a/one.jpg", "a/copy.jpg")
            .await
            .unwrap();
        let copy = bucket.get_object("a/copy.jpg").await.unwrap();
        assert_eq!(
            (copy.as_slice(), copy.headers()["content-type"].as_str()),
            (&b"one"[..], "image/jpeg")
        );

        let pages = bucket.list("a/".to_owned(), None).await.unwrap();
        let keys: Vec<&str> = pages
            .iter()
            .flat_map(|page| &page.contents)
            .map(|o| o.key.as_str())
            .collect();
        assert_eq!(keys, ["a/copy.jpg", "a/one.jpg"]);

        assert_eq!(
            bucket.delete_object("a/one.jpg").await.unwrap().status_code(),
            204
        );
        assert_eq!(status_of(bucket.get_object("a/one.jpg").await), 404);
        let rest = vec![
            ObjectIdentifier::new("a/copy.jpg"),
            ObjectIdentifier::new("b/two.bin"),
        ];
        assert_eq!(bucket.delete_objects(rest).await.unwrap().deleted.len(), 2);
        let left: usize = bucket
            .list(String::new(), None)
            .await
            .unwrap()
            .iter()
            .map(|page| page.contents.len())
            .sum();
        assert_eq!(left, 0);
    }
}

#[tokio::test]
async fn a_missing_object_or_a_folder_is_404() {
    let storage = Storage::start();
    let bucket = storage.bucket(PUBLIC);
    bucket.put_object("folder/object.png", b"png").await.unwrap();
    for key in ["missing.png", "folder", "folder/object.png/below"] {
        assert_eq!(status_of(bucket.get_object(key).await), 404, "{key}");
        assert_eq!(
            storage
                .anonymous(Method::HEAD, &format!("/{PUBLIC}/{key}"))
                .await
                .status(),
            404
        );
    }
    assert_eq!(status_of(bucket.put_object("folder", b"x").await), 400);
    assert_eq!(
        status_of(bucket.put_object("folder/object.png/below", b"x").await),
        400
    );
    assert_eq!(
        bucket.get_object("folder/object.png").await.unwrap().as_slice(),
        b"png"
    );
}

#[tokio::test]
async fn buckets_cannot_be_created_or_deleted() {
    let storage = Storage::start();
    let create = async |name: &str| {
        let bucket = storage.bucket(name);
        let credentials = bucket.credentials().await.unwrap();
        let config = s3::BucketConfiguration::default();
        Bucket::create_with_path_style(name, bucket.region(), credentials, config).await
    };
    assert_eq!(status_of(create(PUBLIC).await), 409);
    assert_eq!(status_of(create("another").await), 404);
    assert_eq!(status_of(storage.bucket(PUBLIC).delete().await), 501);
}

#[tokio::test]
async fn large_objects_are_uploaded_in_parts() {
    let storage = Storage::start();
    let bucket = storage.bucket(PRIVATE);
    let content: Vec<u8> = (0..9 * 1024 * 1024_u32).map(|i| (i % 251) as u8).collect();
    let key = "models/style-1/adapter_model.safetensors";
    let put = bucket
        .put_object_stream(&mut content.as_slice(), key)
        .await
        .unwrap();
    assert_eq!(put.uploaded_bytes(), content.len());
    assert!(bucket.get_object(key).await.unwrap().as_slice() == content.as_slice());
}

#[tokio::test]
async fn objects_without_a_stored_content_type_get_one_and_are_never_sniffed() {
    let storage = Storage::start();
    let folder = storage.folder.path().join("objects").join(PUBLIC);
    for (name, expected) in [
        ("a.png", "image/png"),
        ("a.JPG", "image/jpeg"),
        ("a.json", "application/json"),
        ("a.safetensors", "application/octet-stream"),
        ("a.html", "application/octet-stream"),
        ("plain", "application/octet-stream"),
    ] {
        fs::write(folder.join(name), "content").unwrap();
        let response = storage.anonymous(Method::GET, &format!("/{PUBLIC}/{name}")).await;
        assert_eq!(response.headers()[CONTENT_TYPE], expected, "{name}");
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(response.headers().contains_key(ETAG));
    }
}

#[tokio::test]
async fn objects_are_kept_and_the_port_is_free_after_a_stop() {
    let storage = Storage::start();
    storage.bucket(PRIVATE).put_object("kept", b"kept").await.unwrap();
    let port = storage.server.address().port();
    let Storage { server, http, folder } = storage;
    server.stop().await;
    let again = Storage {
        server: LocalS3::start(options(&folder, port)).unwrap(),
        http,
        folder,
    };
    assert_eq!(
        again.bucket(PRIVATE).get_object("kept").await.unwrap().as_slice(),
        b"kept"
    );
}

#[test]
fn invalid_bucket_names_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["..", "a/b", "Media", "", PRIVATE] {
        let refused = LocalS3::start(LocalS3Options {
            public_bucket: name.to_owned(),
            ..options(&folder, 0)
        });
        assert!(matches!(refused, Err(StartError::BucketName(_))), "{name}");
    }
}
