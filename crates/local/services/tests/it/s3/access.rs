//! Access rules, presigned URLs and CORS.

use reqwest::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, HeaderMap, ORIGIN,
};
use reqwest::{Method, StatusCode};
use s3::serde_types::ObjectIdentifier;

use super::storage::{FRONT_END, PRIVATE, PUBLIC, SECRET_KEY, SECRET_TEXT, Storage, options, status_of};

#[tokio::test]
async fn presigned_urls_work_for_their_key_only() {
    let storage = Storage::start();
    let bucket = storage.bucket(PRIVATE);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, "image/png".parse().unwrap());
    let put = bucket
        .presign_put("train-1-0.png", 60, Some(headers), None)
        .await
        .unwrap();
    let sent = storage
        .http
        .put(&put)
        .header(CONTENT_TYPE, "image/png")
        .body("pixels")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 200);

    let get = bucket.presign_get("train-1-0.png", 60, None).await.unwrap();
    let response = storage.http.get(&get).send().await.unwrap();
    assert_eq!(response.headers()[CONTENT_TYPE], "image/png");
    assert_eq!(response.text().await.unwrap(), "pixels");

    bucket.put_object("train-1-1.png", b"other").await.unwrap();
    let other = get.replace("train-1-0.png", "train-1-1.png");
    assert_eq!(storage.http.get(other).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    let storage = Storage::start();
    let bucket = storage.bucket_signed_with(PUBLIC, "another secret");
    assert_eq!(status_of(bucket.put_object("a.png", b"x").await), 403);
    assert_eq!(status_of(bucket.list(String::new(), None).await), 403);
}

#[tokio::test]
async fn anonymous_clients_can_read_public_objects_only() {
    let storage = Storage::start();
    storage
        .bucket(PUBLIC)
        .put_object("generations/a.png", b"picture")
        .await
        .unwrap();
    storage
        .bucket(PRIVATE)
        .put_object("signatures/a.png", b"signature")
        .await
        .unwrap();

    let open = storage.anonymous(Method::GET, "/media/generations/a.png").await;
    assert_eq!(
        (open.status(), open.text().await.unwrap().as_str()),
        (StatusCode::OK, "picture")
    );
    let head = storage.anonymous(Method::HEAD, "/media/generations/a.png").await;
    assert_eq!(head.status(), 200);

    for (method, path) in [
        (Method::GET, "/media-private/signatures/a.png"),
        (Method::HEAD, "/media-private/signatures/a.png"),
        (Method::GET, "/media-private/missing.png"),
        (Method::GET, "/media-private"),
        (Method::GET, "/media"),
        (Method::GET, "/media?list-type=2"),
        (Method::GET, "/"),
        (Method::GET, "/elsewhere/a.png"),
        (Method::PUT, "/media/generations/a.png"),
        (Method::DELETE, "/media/generations/a.png"),
        (Method::POST, "/media/generations/b.png?uploads"),
    ] {
        let response = storage.anonymous(method.clone(), path).await;
        assert_eq!(response.status(), 403, "{method} {path}");
    }
    let chosen = "/media/generations/a.png?response-content-type=text/html";
    assert_eq!(storage.anonymous(Method::GET, chosen).await.status(), 400);
}

#[tokio::test]
async fn no_encoding_of_a_public_path_reaches_the_private_bucket() {
    let storage = Storage::start();
    storage
        .bucket(PRIVATE)
        .put_object("secret", SECRET_TEXT.as_bytes())
        .await
        .unwrap();
    storage
        .bucket(PUBLIC)
        .put_object("open.txt", b"open")
        .await
        .unwrap();
    let root = storage.folder.path().canonicalize().unwrap();
    let absolute = root.join("objects").join(PRIVATE).join("secret");
    for path in [
        "/media/../media-private/secret".to_owned(),
        "/media/x/../../media-private/secret".to_owned(),
        "/media/%2e%2e/media-private/secret".to_owned(),
        "/media/..%2fmedia-private%2fsecret".to_owned(),
        "/media/./../media-private/secret".to_owned(),
        format!("/media/{}", absolute.display()),
        format!("/media/%2f{}", absolute.display()),
        "/media/open.txt%00".to_owned(),
        format!("/media/{}", "k".repeat(150)),
    ] {
        let response = storage.raw_get(&path).await;
        let status: u16 = response.split(' ').nth(1).unwrap().parse().unwrap();
        assert!((400..500).contains(&status), "{path}: {response}");
        assert!(!response.contains(SECRET_TEXT), "{path}: {response}");
    }
    assert!(storage.raw_get("/media/open.txt").await.ends_with("open"));
}

#[tokio::test]
async fn keys_inside_signed_requests_are_checked_too() {
    let storage = Storage::start();
    storage
        .bucket(PRIVATE)
        .put_object("secret", SECRET_TEXT.as_bytes())
        .await
        .unwrap();
    let bucket = storage.bucket(PUBLIC);
    let copied = bucket
        .copy_object_internal("../media-private/secret", "stolen")
        .await;
    assert_eq!(status_of(copied), 400);
    assert_eq!(status_of(bucket.get_object("stolen").await), 404);
    let deleted = bucket
        .delete_objects(vec![ObjectIdentifier::new("../media-private/secret")])
        .await;
    assert_eq!(status_of(deleted), 400);
    let secret = storage.bucket(PRIVATE).get_object("secret").await.unwrap();
    assert_eq!(secret.as_slice(), SECRET_TEXT.as_bytes());
}

#[tokio::test]
async fn only_allowed_origins_get_cors_headers() {
    let storage = Storage::start();
    storage.bucket(PUBLIC).put_object("a.png", b"x").await.unwrap();
    let address = format!("{}/{PUBLIC}/a.png", storage.server.endpoint());
    let preflight = |origin: &'static str| {
        storage
            .http
            .request(Method::OPTIONS, &address)
            .header(ORIGIN, origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "content-type")
            .send()
    };
    let known = preflight(FRONT_END).await.unwrap();
    assert_eq!(known.status(), 204);
    assert_eq!(known.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], FRONT_END);
    assert_eq!(
        known.headers()[ACCESS_CONTROL_ALLOW_METHODS],
        "GET, HEAD, PUT, OPTIONS"
    );
    assert_eq!(known.headers()[ACCESS_CONTROL_ALLOW_HEADERS], "content-type");
    let foreign = preflight("http://evil.example").await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert!(!foreign.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));

    let read = storage
        .http
        .get(&address)
        .header(ORIGIN, FRONT_END)
        .send()
        .await
        .unwrap();
    assert_eq!(read.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], FRONT_END);
    assert_eq!(read.headers()[ACCESS_CONTROL_EXPOSE_HEADERS], "ETag");
    let foreign = storage
        .http
        .get(&address)
        .header(ORIGIN, "null")
        .send()
        .await
        .unwrap();
    assert!(!foreign.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[test]
fn the_secret_is_not_in_the_debug_output() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!format!("{:?}", options(&folder, 0)).contains(SECRET_KEY));
}
